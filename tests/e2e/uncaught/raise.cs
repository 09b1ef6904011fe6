// One way per argument for an exception to end a .NET program, whose runtime prints to a duplicate of standard error.
using System;

class ShopException : Exception {
	public ShopException(string message, Exception cause) : base(message, cause) {
	}
}

static class Raise {
	static void Share(string order) {
		throw new InvalidOperationException(order + " is shared by nobody");
	}

	static void Cause() {
		try {
			Share("cause");
		} catch (InvalidOperationException exception) {
			throw new ShopException("closed", exception);
		}
	}

	static void Main(string[] arguments) {
		if (arguments[0] == "uncaught")
			Share("uncaught");
		else if (arguments[0] == "cause")
			Cause();
		else
			try {
				Share("caught");
			} catch (InvalidOperationException) {
			}
	}
}
