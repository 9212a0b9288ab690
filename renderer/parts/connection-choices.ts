/** What every form of a connection offers. */

export const TLS_CHOICES = [
  { id: 'verify', label: 'Verified certificate' },
  { id: 'encrypt', label: 'Any certificate' },
  { id: 'off', label: 'None' },
] as const;

export const S3_CREDENTIAL_CHOICES = [
  { id: 'profile', label: 'AWS profile' },
  { id: 'keys', label: 'Access key' },
  { id: 'anonymous', label: 'None' },
] as const;
