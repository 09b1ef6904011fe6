// Runs @elastic/mockotlpserver on a free port and writes the spans and log records it understood.
// usage: node mock_otlp_server.js NODE_MODULES PORT_FILE OUTPUT
// One line per request: {"encoding", "spans": [{traceId, …}]} or {"encoding", "logs": [{traceId, …}]}
// The package (0.10.0) hands gzipped bodies to its decoder as they are and dies of it: bodies are inflated before it sees them.
'use strict';
const fs = require('fs');
const http = require('http');
const path = require('path');
const zlib = require('zlib');
const [nodeModules, portFile, output] = process.argv.slice(2);

const createServer = http.createServer;
let encoding = '';
http.createServer = (listener) =>
    createServer((req, res) => {
        encoding = req.headers['content-encoding'] || '';
        if (encoding !== 'gzip') return listener(req, res);
        const inflated = req.pipe(zlib.createGunzip());
        inflated.headers = req.headers;
        inflated.method = req.method;
        inflated.url = req.url;
        return listener(inflated, res);
    });

const {MockOtlpServer} = require(path.resolve(nodeModules, '@elastic/mockotlpserver'));
const SEVERITIES = {SEVERITY_NUMBER_FATAL: 21, SEVERITY_NUMBER_ERROR: 17};
const hex = (bytes) => Buffer.from(bytes || []).toString('hex');

function onTrace(trace) {
    const spans = trace.resourceSpans.flatMap((resourceSpans) =>
        resourceSpans.scopeSpans.flatMap((scopeSpans) =>
            scopeSpans.spans.map((span) => ({
                traceId: hex(span.traceId),
                spanId: hex(span.spanId),
                parentSpanId: hex(span.parentSpanId),
                name: span.name,
                kind: span.kind,
                service: resourceSpans.resource.attributes.find((a) => a.key === 'service.name').value.stringValue,
            }))
        )
    );
    fs.appendFileSync(output, JSON.stringify({encoding, spans}) + '\n');
}

// The package's decoder gives enums by name and 64-bit integers as Long; it is older than event_name.
// What is not set is there too, as a default of the prototype.
const plainValue = (value) => String(value[Object.keys(value)[0]]);

function onLogs(logs) {
    const records = logs.resourceLogs.flatMap((resourceLogs) =>
        resourceLogs.scopeLogs.flatMap((scopeLogs) =>
            scopeLogs.logRecords.map((record) => ({
                traceId: hex(record.traceId),
                spanId: hex(record.spanId),
                severityNumber: SEVERITIES[record.severityNumber] ?? record.severityNumber,
                severityText: record.severityText,
                body: record.body.stringValue,
                attributes: Object.fromEntries(record.attributes.map((a) => [a.key, plainValue(a.value)])),
                service: resourceLogs.resource.attributes.find((a) => a.key === 'service.name').value.stringValue,
            }))
        )
    );
    fs.appendFileSync(output, JSON.stringify({encoding, logs: records}) + '\n');
}

async function main() {
    const server = new MockOtlpServer({
        logLevel: 'warn', services: ['http'], httpHostname: '127.0.0.1', httpPort: 0, onTrace, onLogs,
    });
    await server.start();
    fs.writeFileSync(portFile + '.part', server.httpUrl.port + '\n');
    fs.renameSync(portFile + '.part', portFile);
    process.on('SIGTERM', () => process.exit(0));
}

main();
