#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A kubelet as far as a container runtime sees one: runs pods of one container each through CRI, and writes down what it made.

usage: kubelet.py SOCKET IMAGES.json POD.json OUT.json [remove]
POD.json: a list of {"pod", "namespace", "container", "image", "args", "restarts"}. OUT.json: the same with "uid", "id", "pid", "digest",
"reference". With "remove", each pod is taken away as soon as its container has ended.
"""
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid

import grpc

HERE = os.path.dirname(os.path.abspath(__file__))
NODE, EXITED = 2, 2


class Kubelet:
    def __init__(self, path):
        folder = tempfile.mkdtemp()
        subprocess.run(["/usr/bin/protoc", "-I" + HERE, "--python_out=" + folder, "runtime.proto"], check=True)
        sys.path.insert(0, folder)
        self.cri = importlib.import_module("runtime_pb2")
        self.channel = grpc.insecure_channel("unix://" + path)

    def call(self, method, request, answer=None):
        answer = answer or self.cri.Empty
        stub = self.channel.unary_unary("/runtime.v1.RuntimeService/" + method, request_serializer=lambda m: m.SerializeToString(),
                                        response_deserializer=answer.FromString)
        return stub(request, timeout=240, wait_for_ready=True)

    def run(self, pod, image):
        uid = str(uuid.uuid4())
        labels = {"io.kubernetes.pod.name": pod["pod"], "io.kubernetes.pod.namespace": pod["namespace"], "io.kubernetes.pod.uid": uid}
        sandbox = self.cri.PodSandboxConfig(log_directory="/run/pod-logs", labels=labels)
        sandbox.metadata.name, sandbox.metadata.uid, sandbox.metadata.namespace = pod["pod"], uid, pod["namespace"]
        sandbox.linux.cgroup_parent = "/kubepods/burstable/pod" + uid
        sandbox.linux.security_context.namespace_options.network = NODE
        sandbox_id = self.call("RunPodSandbox", self.cri.RunPodSandboxRequest(config=sandbox), self.cri.RunPodSandboxResponse).pod_sandbox_id
        config = self.cri.ContainerConfig(args=pod.get("args", []), labels={**labels, "io.kubernetes.container.name": pod["container"]},
                                          log_path=pod["pod"] + ".log")
        config.metadata.name, config.metadata.attempt = pod["container"], pod.get("restarts", 0)
        config.image.image = image["reference"]
        config.linux.security_context.namespace_options.network = NODE
        request = self.cri.CreateContainerRequest(pod_sandbox_id=sandbox_id, config=config, sandbox_config=sandbox)
        container_id = self.call("CreateContainer", request, self.cri.CreateContainerResponse).container_id
        self.call("StartContainer", self.cri.StartContainerRequest(container_id=container_id))
        return {**pod, **image, "uid": uid, "id": container_id, "sandbox": sandbox_id}

    def status(self, container_id):
        request = self.cri.ContainerStatusRequest(container_id=container_id, verbose=True)
        return self.call("ContainerStatus", request, self.cri.ContainerStatusResponse)

    def remove_when_ended(self, pod):
        end = time.monotonic() + 120
        while self.status(pod["id"]).status.state != EXITED and time.monotonic() < end:
            time.sleep(0.05)
        for method in ("StopPodSandbox", "RemovePodSandbox"):
            self.call(method, self.cri.PodRequest(pod_sandbox_id=pod["sandbox"]))


def main():
    path, images, pods, out = sys.argv[1:5]
    with open(images, encoding="utf-8") as file:
        images = json.load(file)
    with open(pods, encoding="utf-8") as file:
        pods = json.load(file)
    kubelet = Kubelet(path)
    made = []
    os.makedirs("/run/pod-logs", exist_ok=True)
    for pod in pods:
        made.append(kubelet.run(pod, images[pod["image"]]))
        if "remove" in sys.argv[5:]:
            kubelet.remove_when_ended(made[-1])
        else:
            made[-1]["pid"] = json.loads(kubelet.status(made[-1]["id"]).info["info"])["pid"]
    with open(out, "w", encoding="utf-8") as file:
        json.dump(made, file)


main()
