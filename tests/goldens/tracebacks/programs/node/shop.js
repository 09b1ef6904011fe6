// Ways in which a program of Node.js ends, or says what it caught: shop.js WAY.
'use strict';
const fs = require('fs');

class ShopError extends Error {
	constructor(message, options) {
		super(message, options);
		this.name = 'ShopError';
	}
}

class Cart {
	constructor(size) {
		if (!size) throw new RangeError('cart needs a size: 0 < n\nnot ' + size);
	}
}

async function reserve() {
	await null;
	throw new ShopError('sold out');
}

async function buy() {
	await reserve();
}

const ways = {
	uncaught() {
		null.price;
	},
	cause() {
		const socket = new TypeError('socket closed\nby the other end');
		const database = new Error('database gone', { cause: socket });
		const error = new ShopError('out of stock', { cause: database });
		error.code = 'E_STOCK';
		throw error;
	},
	missing_file() {
		fs.readFileSync('/nonexistent/stock.json');
	},
	multi_line() {
		new Cart(0);
	},
	rejection() {
		buy();
	},
	rejected_value() {
		Promise.reject('no such user');
	},
	thrown_value() {
		throw 'just text';
	},
	any_of() {
		Promise.any([Promise.reject(new Error('first')), Promise.reject(new TypeError('second'))]);
	},
	aggregate() {
		const second = new TypeError('second', { cause: new Error('why') });
		throw new AggregateError([new Error('first'), second, 'text'], 'both failed');
	},
	logged() {
		try {
			new Cart(0);
		} catch (error) {
			console.error(error);
			console.error('cart failed:', error);
		}
		console.log('Error: this is only talk');
	},
	evaluated() {
		eval("(function inner() { throw new Error('in eval'); })()");
	},
	emitted() {
		require('net').connect(1, '127.0.0.1');
	},
	class_only() {
		class Plain extends Error {}
		[1].map(function each() {
			throw new Plain('class without a name');
		});
	},
	deep() {
		Error.stackTraceLimit = 400;
		(function again(n) {
			return again(n + 1) + 1;
		})(0);
	},
	warned() {
		process.emitWarning('careful');
		console.trace('here');
	},
	inspected() {
		try {
			ways.missing_file();
		} catch (error) {
			console.log({ request: 7, error });
		}
	},
};

ways[process.argv[2]]();
