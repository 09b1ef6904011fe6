# SPDX-License-Identifier: Apache-2.0
"""The quick-start applications: how each is started, which of its routes fail, and what must be reported of that.

What is expected is written from the applications' sources and the manuals of their languages, not from what limpet says.
"""
import dataclasses
import os
import subprocess
import sys
import tempfile

from limpet_runner import ROOT, environment_for
from tap import Skip
from target_servers import free_port, wait_listening

QUICKSTART = os.path.join(ROOT, "tests", "e2e", "quickstart")
sys.path.insert(0, QUICKSTART)
import install

PYTHON = "/usr/bin/python3"
ANSWERED, CLOSED = 500, 0  # what the client sees of a failing request


@dataclasses.dataclass
class Wanted:
    """One exception of a chain, and its innermost frame of the application's own code."""
    type: str
    value: str
    function: str
    file: str  # below the application's folder
    text: str  # of the line that raised it: stands once in the file
    module: str = None  # of the exception's type
    frame_module: str = None


class App:
    name = folder = ""
    platform = runtime = ""
    language = ""  # as OTLP says it
    is_handled, level = True, "error"
    answer = ANSWERED
    good_path = "/hello/{}"
    servers_per_request = 1
    packages = ()
    has_function = True
    is_keep_alive = True
    options = ()
    has_source_lines = True

    def __init__(self):
        self.port = free_port()
        self.work = tempfile.TemporaryDirectory(prefix="limpet-quickstart-")
        self.process = None
        self.prepare()

    @property
    def address(self):
        return "127.0.0.1", self.port

    @property
    def source_folder(self):
        return os.path.join(install.APPS, self.folder or self.name)

    def source(self, name):
        return os.path.join(self.source_folder, name)

    def prepare(self):
        """Builds what is missing, or raises Skip."""

    def command(self):
        raise NotImplementedError

    def environment(self):
        return {"PORT": str(self.port)}

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def paths(self):
        """What fails: one of these by turns, with the order's number for {}."""
        raise NotImplementedError

    def failing_path(self, order):
        paths = self.paths()
        return paths[order % len(paths)].format(order)

    def wanted(self, path, order):
        """The chain, oldest first as Sentry has it."""
        raise NotImplementedError

    def line_of(self, wanted):
        with open(self.source(wanted.file), encoding="utf-8") as file:
            found = [number for number, line in enumerate(file, 1) if wanted.text in line]
        assert len(found) == 1, f"{wanted.text!r} stands {len(found)} times in {wanted.file}"
        return found[0]

    def start(self):
        """By the test itself, to be attached to."""
        self.process = subprocess.Popen(self.command(), cwd=self.work.name, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, env=environment_for(self.environment()), start_new_session=True)
        wait_listening(self.address, self.process)
        return self

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(20)
            self.process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        self.work.cleanup()


class PythonApp(App):
    platform, language, runtime = "python", "python", "CPython"
    file = "app.py"

    def prepare(self):
        for name in self.packages:
            if subprocess.run([PYTHON, "-c", f"import {name}"], stderr=subprocess.DEVNULL, check=False).returncode:
                raise Skip(f"python3-{name} is not installed")

    def environment(self):
        return {"PORT": str(self.port), "PYTHONDONTWRITEBYTECODE": "1"}

    def wanted(self, path, order):
        shared = Wanted("ZeroDivisionError", f"order {order} is shared by nobody", "share", self.file, "raise ZeroDivisionError")
        if "checkout" not in path:
            return [shared]
        return [shared, Wanted("ValueError", f"order {order} cannot be delivered", "checkout", self.file, "raise ValueError")]


class Flask(PythonApp):
    name, packages = "flask", ("flask",)

    def command(self):
        return [PYTHON, "-m", "flask", "--app", self.source("app.py"), "run", "--port", str(self.port)]

    def paths(self):
        return "/divide_by_zero/{}", "/checkout/{}"

    def wanted(self, path, order):
        chain = super().wanted(path, order)
        if len(chain) > 1:
            chain[0] = Wanted("KeyError", f"'apple of order {order}'", "take", self.file, "return STOCK[article]")
        return chain


class Django(PythonApp):
    name, packages, file = "django", ("django",), "shop.py"
    good_path = "/hello/{}/"

    def command(self):
        return [PYTHON, self.source("shop.py"), "runserver", "--noreload", f"127.0.0.1:{self.port}"]

    def paths(self):
        return "/divide-by-zero/{}/", "/checkout/{}/"


class FastApi(PythonApp):
    name, packages, file = "fastapi", ("fastapi", "uvicorn"), "main.py"
    is_keep_alive = False  # uvicorn closes a connection after an error without saying so in its answer

    def command(self):
        return [PYTHON, "-m", "uvicorn", "--app-dir", self.source_folder, "--port", str(self.port), "main:app"]

    def paths(self):
        return "/sentry-debug/{}", "/checkout/{}"


class Express(App):
    name = "express"
    platform, language, runtime = "node", "nodejs", "node"

    def prepare(self):
        self.modules = os.path.join(install.install_express(), "node_modules")

    def command(self):
        return [install.find_program("node"), self.source("app.js")]

    def environment(self):
        # The modules live beside the clone's other built things, not beside the application.
        return {"PORT": str(self.port), "NODE_PATH": self.modules}

    def paths(self):
        return "/error/{}", "/later/{}", "/checkout/{}"

    def wanted(self, path, order):
        shared = Wanted("RangeError", f"order {order} is shared by nobody", "share", "app.js", "throw new RangeError")
        if "checkout" not in path:
            return [shared]
        return [shared, Wanted("TypeError", f"order {order} cannot be delivered", "checkout", "app.js", "throw new TypeError")]


class Spring(App):
    name = "spring"
    platform, language, runtime = "java", "java", None  # its vendor, as the SDK says: another on every machine
    has_source_lines = False  # a stack names no folder, and no source is where the jar is
    file = "src/main/java/shop/ShopApplication.java"

    def prepare(self):
        self.jar = install.install_spring()

    def command(self):
        return [install.find_program("java"), "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar", self.jar]

    def environment(self):
        return {"SERVER_PORT": str(self.port), "SERVER_ADDRESS": "127.0.0.1"}

    def paths(self):
        return "/crash/{}", "/checkout/{}"

    def wanted(self, path, order):
        own = "shop.ShopApplication"
        shared = Wanted("IllegalStateException", f"order {order} is shared by nobody", "share", self.file,
                        "throw new IllegalStateException", "java.lang", own)
        if "checkout" not in path:
            return [shared]
        return [shared, Wanted("ShopApplication$DeliveryException", f"order {order} cannot be delivered", "checkout", self.file,
                               "throw new DeliveryException", "shop", own)]


class Go(App):
    name = "go"
    platform, language, runtime = "go", "go", "go"
    answer = CLOSED  # net/http takes the panic, says so, and closes the connection

    def prepare(self):
        self.program = install.build_go()

    def command(self):
        return [self.program]

    def paths(self):
        return "/panic/{}", "/checkout/{}"

    def wanted(self, path, order):
        if "checkout" in path:
            return [Wanted("panic", f"order {order} cannot be delivered", "deliver", "main.go", 'panic(errors.New', None, "main")]
        return [Wanted("panic", f"order {order} is shared by nobody", "share", "main.go", 'panic("order', None, "main")]


class RubyApp(App):
    platform, language, runtime = "ruby", "ruby", "ruby"

    def prepare(self):
        ruby = install.find_program("ruby")
        for name in self.packages:
            if subprocess.run([ruby, "-e", f"require '{name}'; exit!(true)"], stderr=subprocess.DEVNULL, check=False).returncode:
                raise Skip(f"ruby-{name} is not installed")

    def command(self):
        return [install.find_program("ruby"), self.source("app.rb")]

    def paths(self):
        return ("/error/{}",)

    def wanted(self, path, order):
        return [Wanted("ZeroDivisionError", f"order {order} is shared by nobody", "share", "app.rb", "raise ZeroDivisionError")]


class WebRick(RubyApp):
    name, packages = "ruby_webrick", ("webrick",)


class Sinatra(RubyApp):
    name, packages = "ruby_sinatra", ("sinatra/base", "webrick")


class PhpBuiltIn(App):
    name = folder = "php"
    platform, language, runtime = "php", "php", "php"
    is_handled, level = False, "error"  # nobody caught it; the process goes on with the next request

    def command(self):
        return [install.find_program("php"), "-S", f"127.0.0.1:{self.port}", self.source("index.php")]

    def paths(self):
        return "/error/{}", "/checkout/{}"

    def wanted(self, path, order):
        shared = Wanted("DivisionByZeroError", f"order {order} is shared by nobody", "Shop::share", "index.php",
                        "throw new DivisionByZeroError")
        if "checkout" not in path:
            return [shared]
        return [shared, Wanted("RuntimeException", f"order {order} cannot be delivered", "Shop::deliver", "index.php",
                               "throw new RuntimeException")]


FPM_CONFIGURATION = """
[global]
error_log = {folder}/fpm.log
daemonize = no
[www]
user = root
group = root
listen = {folder}/fpm.sock
pm = static
pm.max_children = 4
"""
NGINX_CONFIGURATION = """
user root;
worker_processes 2;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            include /etc/nginx/fastcgi_params;
            fastcgi_param SCRIPT_FILENAME {script};
            fastcgi_pass unix:{folder}/fpm.sock;
        }}
    }}
}}
"""


class PhpFpm(PhpBuiltIn):
    name, folder = "php-fpm behind nginx", "php"
    servers_per_request = 2

    def url(self, path):
        """nginx as Debian sets it up tells FPM a host without its port."""
        return f"http://127.0.0.1{path}"

    def prepare(self):
        places = os.environ.get("PATH", "") + ":/usr/sbin"
        found = [os.path.join(place, name) for place in places.split(":") if os.path.isdir(place)
                 for name in sorted(os.listdir(place)) if name.startswith("php-fpm")]
        if not found:
            raise Skip("php-fpm is not installed")
        self.fpm = found[0]
        self.nginx = install.find_program("nginx") if not os.path.exists("/usr/sbin/nginx") else "/usr/sbin/nginx"
        if not os.path.exists("/etc/nginx/fastcgi_params"):
            raise Skip("nginx has no fastcgi_params")
        for name, text in (("fpm.conf", FPM_CONFIGURATION), ("nginx.conf", NGINX_CONFIGURATION)):
            with open(os.path.join(self.work.name, name), "w", encoding="utf-8") as file:
                file.write(text.format(folder=self.work.name, port=self.port, script=self.source("index.php")))

    def command(self):
        """Both below one shell, which ends both."""
        folder = self.work.name
        return ["/bin/sh", "-c", "trap 'kill -QUIT $fpm $nginx; wait; exit 0' TERM\n"
                f"{self.fpm} -R -F -y {folder}/fpm.conf & fpm=$!\n"
                f"while [ ! -S {folder}/fpm.sock ]; do sleep 0.05; done\n"
                f"{self.nginx} -p {folder} -e {folder}/nginx.log -c {folder}/nginx.conf & nginx=$!\nwait"]


class Cpp(App):
    name = "cpp"
    platform, language, runtime = "native", "cpp", ""
    is_handled, level, answer = False, "fatal", CLOSED
    has_source_lines = False  # native frames go without
    options = ("--crash-burst=100",)  # children that die alike: all of them are wanted here

    def prepare(self):
        self.program = install.build_cpp()

    def command(self):
        return [self.program]

    def paths(self):
        return ("/crash/{}",)

    def wanted(self, path, order):
        return [Wanted("std::out_of_range", f"order {order} is shared by nobody", "share", "server.cpp", "throw std::out_of_range")]


class Rust(App):
    name = "rust"
    platform, language, runtime = "native", "rust", ""
    is_handled, level, answer = False, "error", CLOSED  # a thread dies, the process lives

    def prepare(self):
        self.program = install.build_rust()

    def command(self):
        return [self.program]

    def environment(self):
        return {"PORT": str(self.port), "RUST_BACKTRACE": "1"}

    def paths(self):
        return ("/crash/{}",)

    def wanted(self, path, order):
        return [Wanted("panic", f"order {order} is shared by nobody", "server::share", "server.rs", "panic!(")]


class RustPlain(Rust):
    """As most servers run: the panic names its place, but no stack is printed."""
    name, folder = "rust without backtraces", "rust"
    has_function = False

    def environment(self):
        return {"PORT": str(self.port), "RUST_BACKTRACE": "0"}
