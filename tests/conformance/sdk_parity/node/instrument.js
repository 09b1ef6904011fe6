// Gives an unmodified Express application the real Sentry SDK, as its quick start says, from outside: for
// tests/conformance/test_sdk_parity.py. The one line of the quick start inside the application, the error handler behind
// all routes, is added when the application begins to listen.
const Sentry = require("@sentry/node");

Sentry.init({ dsn: process.env.PARITY_DSN, tracesSampleRate: 1.0 });

const express = require("express");
const listen = express.application.listen;

express.application.listen = function listenWithErrorHandler(...argument) {
  Sentry.setupExpressErrorHandler(this);
  return listen.apply(this, argument);
};
