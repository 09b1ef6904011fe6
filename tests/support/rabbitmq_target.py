# SPDX-License-Identifier: Apache-2.0
"""A RabbitMQ of the test's own: node name, folders, ports and epmd, all on loopback."""
import os
import re
import shutil
import subprocess

import target_servers
import tls_target

PROGRAMS = "/usr/lib/rabbitmq/bin"
ADVANCED = """[{rabbit, [{ssl_listeners, [{"127.0.0.1", %d}]},
    {ssl_options, [{certfile, "%s"}, {keyfile, "%s"}, {verify, verify_none}]}]}].
"""


class RabbitServer(target_servers.Target):
    name = "rabbitmq-server"

    def __init__(self):
        self.epmd = None
        super().__init__(families=("ipv4",))

    def prepare(self):
        epmd = shutil.which("epmd")
        if not epmd or not os.path.exists(f"{PROGRAMS}/rabbitmq-server"):
            raise target_servers.Missing("rabbitmq-server is not installed")
        folder, epmd_port = self.folder.name, str(target_servers.free_port())
        self.tls_port, self.files = target_servers.free_port(), tls_target.make_certificate(folder)
        with open(f"{folder}/advanced.config", "w", encoding="utf-8") as file:
            file.write(ADVANCED % (self.tls_port, *self.files))
        self.environment = {
            **target_servers.environment_for(), "HOME": folder, "ERL_EPMD_ADDRESS": "127.0.0.1", "ERL_EPMD_PORT": epmd_port,
            "RABBITMQ_NODENAME": f"limpet{os.getpid()}@localhost", "RABBITMQ_MNESIA_BASE": f"{folder}/mnesia",
            "RABBITMQ_LOG_BASE": f"{folder}/log", "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.address[1]), "RABBITMQ_DIST_PORT": str(target_servers.free_port()),
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/plugins", "RABBITMQ_CONFIG_FILE": f"{folder}/none",
            "RABBITMQ_ADVANCED_CONFIG_FILE": f"{folder}/advanced.config",
            "RABBITMQ_CONF_ENV_FILE": f"{folder}/environment", "RABBITMQ_PID_FILE": f"{folder}/pid",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 +sbwt none -kernel inet_dist_use_interface {127,0,0,1}"}
        self.epmd = subprocess.Popen([epmd, "-address", "127.0.0.1", "-port", epmd_port], stdout=subprocess.DEVNULL,
                                     stderr=subprocess.DEVNULL)
        target_servers.wait_listening(("127.0.0.1", int(epmd_port)), self.epmd)

    def start(self):
        with open(f"{self.folder.name}/output", "wb") as output:
            self.process = subprocess.Popen([f"{PROGRAMS}/rabbitmq-server"], stdin=subprocess.DEVNULL, stdout=output,
                                            stderr=output, env=self.environment, start_new_session=True)
        self.wait_listening()
        return self

    @property
    def pid(self):
        """Of the Erlang machine; the script that starts it stays its parent or becomes it."""
        with open(f"{self.folder.name}/pid", encoding="utf-8") as file:
            return int(file.read())

    def stop(self):
        if self.process:
            try:
                os.kill(self.pid, 15)
            except (OSError, ValueError):
                pass
        super().stop()
        if self.epmd:
            self.epmd.kill()
            self.epmd.wait()
            self.epmd = None

    def counters(self):
        """The broker's own counters of AMQP 0.9.1, summed over its kinds of queues."""
        answer = subprocess.run([f"{PROGRAMS}/rabbitmqctl", "eval", "rabbit_global_counters:overview()."],
                                env=self.environment, stdout=subprocess.PIPE, text=True, check=True, timeout=60).stdout
        totals = {}
        for labels, values in re.findall(r"\[((?:\{[^}]*\},?)*)\]\s*=>\s*#\{([^}]*)\}", answer):
            if "amqp091" in labels:
                for name, value in re.findall(r"(\w+)\s*=>\s*(\d+)", values):
                    totals[name] = totals.get(name, 0) + int(value)
        return totals
