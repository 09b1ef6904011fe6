// A target: Node's http with a native addon that has a bug. usage: node crash_node.js ADDON HOST:PORT
'use strict';
const http = require('http');

const addon = require(process.argv[2]);
const [host, port] = process.argv[3].split(':');

function serveCustomer(request, response) {
	if (request.url.startsWith('/crash/'))
		addon.readShelf();
	if (request.url.startsWith('/abort/'))
		process.abort();
	response.end('open');
}

http.createServer(serveCustomer).listen(Number(port), host);
