const express = require("express");

const app = express();

app.get("/hello/:name", function hello(req, res) {
  res.send(`<p>Hello, ${req.params.name}!</p>`);
});

app.get("/error/:order", function mainHandler(req, res) {
  share(req.params.order);
});

app.get("/later/:order", async function laterHandler(req, res) {
  await new Promise((resolve) => setTimeout(resolve, 5));
  share(req.params.order);
});

const basket = express.Router();

basket.get("/:order", function checkout(req, res) {
  try {
    share(req.params.order);
  } catch (error) {
    throw new TypeError(`order ${req.params.order} cannot be delivered`, { cause: error });
  }
});

basket.use(function onError(error, req, res, next) {
  console.error(error);
  res.status(500).send("sorry");
});

app.use("/checkout", basket);

function share(order) {
  throw new RangeError(`order ${order} is shared by nobody`);
}

app.listen(process.env.PORT, "127.0.0.1");
