// SPDX-License-Identifier: Apache-2.0
// A target: Node's http server with the answers of http_answers.c.
// usage: node node_server.js LISTEN…     LISTEN: 127.0.0.1:80  [::1]:80
'use strict';
const http = require('http');

function sendSized(response, status, size) {
	const headers = status === 204 ? {} : { 'Content-Length': size };
	response.writeHead(status, headers);
	response.end(status === 204 || status === 304 ? undefined : 'b'.repeat(size));
}

function sendChunked(response, pauseMs) {
	response.writeHead(200);
	response.write('0123456789');
	setTimeout(() => response.write('0123456789'), pauseMs / 2);
	setTimeout(() => response.end('0123456789'), pauseMs);
}

function answer(request, response) {
	const parts = request.url.split('/');
	request.resume();
	request.on('end', () => {
		if (parts[1] === 's')
			sendSized(response, Number(parts[2]), Number(parts[3]));
		else if (parts[1] === 'chunked')
			sendChunked(response, Number(parts[2]));
		else if (parts[1] === 'slow')
			setTimeout(() => sendSized(response, 200, 13), Number(parts[2]));
		else
			sendSized(response, 404, 9);
	});
}

for (const listen of process.argv.slice(2)) {
	const colon = listen.lastIndexOf(':');
	const host = listen.slice(0, colon).replace(/[[\]]/g, '');
	const server = http.createServer({ keepAliveTimeout: 60000 }, answer);
	server.on('upgrade', (request, socket) => {
		socket.on('error', () => socket.destroy());
		socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ' +
			request.headers.upgrade + '\r\n\r\n');
		socket.pipe(socket);
	});
	server.listen(Number(listen.slice(colon + 1)), host, 1024);
}
process.on('SIGTERM', () => process.exit(0));
