from flask import Flask

app = Flask(__name__)
STOCK = {"pear": 3}


@app.route("/hello/<name>")
def hello(name):
    return f"<p>Hello, {name}!</p>"


@app.route("/divide_by_zero/<int:order>")
def divide_by_zero(order):
    share(order)
    return "never"


@app.route("/checkout/<int:order>")
def checkout(order):
    try:
        return str(take(f"apple of order {order}"))
    except KeyError as error:
        raise ValueError(f"order {order} cannot be delivered") from error


def share(order):
    raise ZeroDivisionError(f"order {order} is shared by nobody")


def take(article):
    return STOCK[article]
