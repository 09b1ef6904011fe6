// Spotlight as a judge: its library entry (which reports nothing to anybody), bound to loopback, on a free port that is
// written to a file. usage: node spotlight_server.mjs MODULE_DIRECTORY PORT_FILE. Ends by SIGTERM or after two minutes.
import { rename, writeFile } from "node:fs/promises";
import net from "node:net";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

// The server would listen on every address.
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (port, ...rest) {
	return listen.call(this, { port, host: "127.0.0.1" }, rest.find((argument) => typeof argument === "function"));
};

const [directory, portFile] = process.argv.slice(2);
const main = join(resolve(directory), "node_modules/@spotlightjs/spotlight/dist/server/main.js");
const { setupSpotlight } = await import(pathToFileURL(main).href);
const server = await setupSpotlight({ port: 0, isStandalone: true });

await writeFile(`${portFile}.new`, `${server.address().port}\n`);
await rename(`${portFile}.new`, portFile);
setTimeout(() => process.exit(3), 120000).unref();
process.on("SIGTERM", () => process.exit(0));
