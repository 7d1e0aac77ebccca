// The official Node SDK as its users run it: an EventDispatcher behind Node's own HTTP server. Stores nothing.
const http = require('http');
const lark = require('@larksuiteoapi/node-sdk');

const [, , encryptKey, verificationToken, type] = process.argv;
const quiet = { error: console.error, warn() {}, info() {}, debug() {}, trace() {} };
const dispatcher = new lark.EventDispatcher({ encryptKey, verificationToken, logger: quiet, loggerLevel: lark.LoggerLevel.error })
  .register({ [type]: () => {} });
const receive = lark.adaptDefault('/webhook/event', dispatcher, { autoChallenge: true });
const server = http.createServer(receive);
server.keepAliveTimeout = 60000;
server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
