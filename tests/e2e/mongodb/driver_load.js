// SPDX-License-Identifier: Apache-2.0
// node driver_load.js MODULES PORT CALLS: the official driver, ten calls at a time over one pool; prints how many it made.
const { MongoClient } = require(process.argv[2] + "/node_modules/mongodb");

async function main() {
  const calls = Number(process.argv[4]);
  const client = new MongoClient(`mongodb://127.0.0.1:${process.argv[3]}/`, { maxPoolSize: 10 });
  await client.connect();
  const items = client.db("load").collection("items");
  await items.insertMany([{ _id: 1, card: "secret" }, { _id: 2, card: "secret" }]);
  const found = await Promise.all(Array.from({ length: calls }, () => items.find({ card: "secret" }).toArray()));
  if (found.some((rows) => rows.length !== 2)) throw new Error("rows are missing");
  await client.close();
  console.log(JSON.stringify({ find: calls, insert: 1 }));
}

main();
