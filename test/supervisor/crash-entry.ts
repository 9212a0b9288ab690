// A process that ends as soon as it is started.
process.on('message', () => process.exit(7));
