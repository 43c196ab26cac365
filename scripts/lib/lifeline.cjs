/** Required by VS Code's server, whose starter holds its stdin: when that ends, however it ends, the server and all its processes end. */
if (process.argv[1]?.endsWith('server-main.js')) {
  process.stdin.on('end', () => process.kill(-process.pid, 'SIGKILL'));
  process.stdin.resume();
}
