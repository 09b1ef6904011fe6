// SPDX-License-Identifier: Apache-2.0
// Requests by Node's https client, with its agent's connections. Waits for GATE to exist before the first.
// usage: node tls_node_client.js GATE HOST PORT CONCURRENCY PATH…
'use strict';
const fs = require('fs');
const https = require('https');

const [gate, host, port, concurrency, ...paths] = process.argv.slice(2);
const agent = new https.Agent({ keepAlive: true, maxSockets: Number(concurrency), rejectUnauthorized: false });

function ask() {
	const path = paths.pop();
	if (path === undefined)
		return;
	https.get({ host, port, path, agent }, (response) => {
		response.resume();
		response.on('end', ask);
	});
}

function begin() {
	if (!fs.existsSync(gate)) {
		setTimeout(begin, 20);
		return;
	}
	for (let i = 0; i < Number(concurrency); i++)
		ask();
}
begin();
process.on('exit', () => agent.destroy());
const idle = setInterval(() => {
	if (fs.existsSync(gate) && paths.length === 0 && Object.keys(agent.sockets).length === 0) {
		agent.destroy();
		clearInterval(idle);
	}
}, 50);
