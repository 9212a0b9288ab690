/** When a source deletes its rows is said once, by the source: jobs had a setting of the same name. */
export const moveExpiry = `
UPDATE sources SET config = json_set(config, '$.expiresAfterDays', (
  SELECT json_extract(settings, '$.expiresAfterDays') FROM source_jobs WHERE source_jobs.source_id = sources.source_id))
WHERE json_extract(config, '$.expiresAfterDays') IS NULL AND source_id IN (
  SELECT source_id FROM source_jobs WHERE json_extract(settings, '$.expiresAfterDays') IS NOT NULL);
UPDATE source_jobs SET settings = json_remove(settings, '$.expiresAfterDays');
`;
