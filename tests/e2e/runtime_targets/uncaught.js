// Errors that nobody in JavaScript takes, and some that somebody does. Waits for a line first.
const ways = {
  throw: () => { throw new TypeError('thrown'); },
  text: () => { throw 'no error at all'; },
  reject: () => { Promise.reject(new RangeError('rejected')); },
  hook: () => {
    process.on('uncaughtException', () => process.exit(0));
    throw new Error('taken by a hook');
  },
  caught: () => {
    try { throw new Error('caught'); } catch (error) { /* taken */ }
    Promise.reject(new Error('caught too')).catch(() => process.exit(0));
  },
};
process.stdin.once('data', () => { process.stdin.destroy(); ways[process.argv[2]](); });
