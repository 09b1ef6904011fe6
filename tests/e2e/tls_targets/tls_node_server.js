// SPDX-License-Identifier: Apache-2.0
// A target: Node's https server with the answers /s/STATUS/SIZE/… of http_answers.c.
// usage: node tls_node_server.js CERTIFICATE KEY LISTEN
'use strict';
const fs = require('fs');
const https = require('https');

function answer(request, response) {
	const [, , status, size] = request.url.split('?')[0].split('/').map(Number);
	request.resume();
	request.on('end', () => {
		response.writeHead(status, status === 204 ? {} : { 'Content-Length': size });
		response.end(status === 204 || status === 304 ? undefined : 'b'.repeat(size));
	});
}

const [certificate, key, listen] = process.argv.slice(2);
const files = { cert: fs.readFileSync(certificate), key: fs.readFileSync(key), keepAliveTimeout: 60000 };
const colon = listen.lastIndexOf(':');
https.createServer(files, answer).listen(Number(listen.slice(colon + 1)), listen.slice(0, colon), 1024);
process.on('SIGTERM', () => process.exit(0));
