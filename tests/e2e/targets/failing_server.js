// SPDX-License-Identifier: Apache-2.0
// /fail/N fails and says so on standard error, /end is its end by an exception that nobody takes, all else is answered.
"use strict";
const http = require("http");

function fail(order) {
	throw new RangeError(`no stock for ${order}`);
}

function serve(request, response) {
	if (request.url === "/end") {
		response.end("ok", () => setTimeout(() => fail("nobody"), 50));
		return;
	}
	try {
		if (request.url.startsWith("/fail/"))
			fail(request.url.slice(6));
		response.end("ok");
	} catch (error) {
		console.error(error);
		response.statusCode = 500;
		response.end("no");
	}
}

http.createServer(serve).listen(Number(process.argv[2]), "127.0.0.1");
