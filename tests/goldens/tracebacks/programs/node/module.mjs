// An ECMAScript module: no wrapper function, URLs for names.
export async function buy(item) {
	await null;
	throw new TypeError(`no item ${item}`);
}

await buy(7);
