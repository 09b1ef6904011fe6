// Ways in which a program of .NET ends, or says what it caught: Shop.dll WAY.
using System;
using System.Threading.Tasks;

namespace Shop {
	class StockException<T> : Exception {
		public StockException(string message, Exception inner) : base(message, inner) { }
	}

	class Cart<T> {
		public Cart(int size) {
			if (size == 0)
				throw new ArgumentOutOfRangeException("size", "cart needs a size");
		}

		public T Total<U>(string name, int n) {
			try {
				return Divide(n);
			} catch (DivideByZeroException e) {
				throw new InvalidOperationException("no total\nfor " + name, e);
			}
		}

		T Divide(int n) {
			return 10 / n > 3 ? default(T) : default(T);
		}
	}

	static class Program {
		static async Task<int> Buy(string name) {
			await Task.Delay(1);
			Func<int, int> total = n => new Cart<int>(1).Total<string>(name, n);
			return total(0);
		}

		static async Task Checkout() {
			await Buy("bob");
		}

		static void Main(string[] arguments) {
			switch (arguments[0]) {
			case "uncaught": ((object)null).ToString(); break;
			case "inner": new Cart<int>(1).Total<string>("bob", 0); break;
			case "awaited": Checkout().GetAwaiter().GetResult(); break;
			case "task_result": Buy("bob").Wait(); break;
			case "aggregate":
				Task.WaitAll(Task.Run(() => new Cart<int>(0)), Task.Run(() => throw new TimeoutException("too late")));
				break;
			case "generic": throw new StockException<int>("sold out", new Exception("why"));
			case "constructor": new Cart<int>(0); break;
			case "no_message": throw new Exception(""); 
			case "system_error": new System.Net.Sockets.TcpClient("127.0.0.1", 1); break;
			case "thread": {
				var thread = new System.Threading.Thread(() => new Cart<int>(0));
				thread.Start();
				thread.Join();
				break;
			}
			}
		}
	}
}
