// An Express application with a route that throws: express_server.js PORT.
'use strict';
const app = require('express')();

app.get('/buy', (request) => {
	request.session.cart.total();
});
app.listen(Number(process.argv[2]), '127.0.0.1');
