// Errors through pino and winston, as JSON and as text.
'use strict';
const error = new Error('card declined', { cause: new Error('no funds') });

if (process.argv[2] === 'pino') {
	require('pino')({ name: 'checkout' }).error({ err: error }, 'payment failed');
} else {
	const { createLogger, format, transports } = require('winston');
	const json = format.combine(format.errors({ stack: true }), format.json());

	createLogger({ format: json, transports: [new transports.Console()] }).error(error);
}
