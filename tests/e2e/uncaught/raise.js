// One way per argument for an error to end, or not to end, a Node program. Lines that throw say so at their end.
function share(order) {
  throw new RangeError(`${order} is shared by nobody`); // share
}

const ways = {
  uncaught: () => share("uncaught"),
  async rejection() {
    await null;
    share("rejection");
  },
  cause() {
    try {
      share("cause");
    } catch (error) {
      throw new TypeError("closed", { cause: error }); // cause
    }
  },
  caught() {
    try {
      share("caught");
    } catch (error) {
      console.log("caught");
    }
  },
  taken() {
    process.on("uncaughtException", () => {});
    share("taken");
  },
};

ways[process.argv[2]]();
