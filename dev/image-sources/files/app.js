// node app.js            serves on $PORT (8080): method, path, peer, and $GREETING
// node app.js get URL    prints status and body
// node app.js cat FILE   prints a file
const http = require('node:http');
const fs = require('node:fs');

const [command, operand] = process.argv.slice(2);
if (command === 'get') {
  http.get(operand, (response) => {
    console.log(response.statusCode);
    response.pipe(process.stdout);
  }).on('error', (error) => {
    console.log(error.code);
    process.exitCode = 1;
  });
} else if (command === 'cat') {
  fs.createReadStream(operand).on('error', (error) => {
    console.log(error.code);
    process.exitCode = 1;
  }).pipe(process.stdout);
} else {
  const server = http.createServer((request, response) => {
    const { remoteAddress, remotePort } = request.socket;
    response.end(`node ${request.method} ${request.url} ${remoteAddress} ${remotePort} ${process.env.GREETING ?? ''}\n`);
  });
  server.listen(Number(process.env.PORT ?? 8080), () => console.log('listening'));
  process.on('SIGTERM', () => server.close(() => process.exit(0)));
}
