/** fast-check generators of small adversarial event sets and of questions about them; see `test/support/oracle`. */
export {};
