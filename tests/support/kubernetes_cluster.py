# SPDX-License-Identifier: Apache-2.0
"""What the fake API server (kubernetes_server.py) knows: pods and their history by version, Secrets, tokens, and the rules by
which the real one refuses a request. Every refusal that a correct client never meets is a violation."""
import base64
import copy
import json
import random
import threading
import urllib.parse

LIST_PARAMETERS = {"fieldSelector", "limit", "continue", "resourceVersion", "resourceVersionMatch"}
WATCH_PARAMETERS = {"watch", "fieldSelector", "resourceVersion", "allowWatchBookmarks", "timeoutSeconds"}
POD_FIELDS = {"spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork",
              "status.phase", "status.podIP", "status.nominatedNodeName", "metadata.name", "metadata.namespace"}


class Refused(Exception):
    """A Status of the API: code, reason, message. is_expected: no fault of the client's."""

    def __init__(self, code, reason, message, is_expected=False):
        super().__init__(message)
        self.code, self.reason, self.is_expected = code, reason, is_expected

    def status(self):
        return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": str(self),
                "reason": self.reason, "code": self.code}


def expired(message):
    return Refused(410, "Expired", message, is_expected=True)


def one(parameters, name):
    values = parameters.get(name, [])
    if len(values) > 1:
        raise Refused(400, "BadRequest", f"{name} is given twice")
    return values[0] if values else ""


def number(text, what):
    if not (text.isascii() and text.isdigit()):
        raise Refused(400, "BadRequest", f'{what}: Invalid value: "{text}": strconv.ParseUint: invalid syntax')
    return int(text)


class Cluster:
    """One lock guards everything; `changed` wakes the watches."""

    def __init__(self, node):
        self.node = node
        self.lock = threading.Condition()
        self.version = 1000
        self.compacted = 0      # what came before is gone
        self.pods = {}          # (namespace, name) -> object
        self.history = []       # (version, type, object), oldest first
        self.snapshots = {}     # version -> objects: for pages of one list
        self.secrets = {}       # (namespace, name) -> {key: text}
        self.readable = set()   # Secrets that the service account may get
        self.tokens = {"token-0"}
        self.may_list = True
        self.gone_by_status = False  # 410 of a watch as a status, not as an event
        self.violations = []
        self.requests = []

    # --- what happens in the cluster ---

    def _note(self, kind, pod):
        self.version += 1
        pod = copy.deepcopy(pod)
        pod["metadata"]["resourceVersion"] = str(self.version)
        self.history.append((self.version, kind, pod))
        self.lock.notify_all()
        return pod

    def put(self, pod):
        with self.lock:
            key = (pod["metadata"]["namespace"], pod["metadata"]["name"])
            kind = "MODIFIED" if key in self.pods else "ADDED"
            self.pods[key] = self._note(kind, pod)
            return int(self.pods[key]["metadata"]["resourceVersion"])

    def delete(self, namespace, name):
        with self.lock:
            return int(self._note("DELETED", self.pods.pop((namespace, name)))["metadata"]["resourceVersion"])

    def compact(self):
        """Everything up to now is history: older versions and pages are answered with 410."""
        with self.lock:
            self.version += 1
            self.compacted = self.version
            self.history.clear()
            self.snapshots.clear()

    # --- what the server makes of a request ---

    def authenticate(self, headers):
        values = headers.get_all("Authorization") or []
        scheme, _, token = values[0].partition(" ") if len(values) == 1 else ("", "", "")
        with self.lock:
            if scheme != "Bearer" or token not in self.tokens:
                raise Refused(401, "Unauthorized", "Unauthorized", is_expected=True)

    def _selects(self, text):
        if not text:
            raise Refused(403, "Forbidden", "this agent must ask for its own node only: no fieldSelector")
        field, equals, value = text.partition("=")
        if not equals or field not in POD_FIELDS:
            raise Refused(400, "BadRequest", f'Unable to find "/v1, Resource=pods" that match label selector "", field '
                                             f'selector "{text}": field label not supported: {field}')
        if field != "spec.nodeName" or value != self.node:
            raise Refused(403, "Forbidden", f"this agent must ask for its own node only: {text}")
        return lambda pod: pod.get("spec", {}).get("nodeName") == value

    def parse(self, query):
        try:
            parameters = urllib.parse.parse_qs(query, keep_blank_values=True, strict_parsing=True)
        except ValueError as error:
            raise Refused(400, "BadRequest", f"query: {error}") from error
        is_watch = one(parameters, "watch") in ("true", "1")
        unknown = set(parameters) - (WATCH_PARAMETERS if is_watch else LIST_PARAMETERS)
        if unknown:
            raise Refused(400, "BadRequest", f"not with {'a watch' if is_watch else 'a list'}: {sorted(unknown)}")
        with self.lock:
            if not self.may_list:
                raise Refused(403, "Forbidden", 'pods is forbidden: User "system:serviceaccount:limpet:limpet" cannot list '
                                                'resource "pods" in API group "" at the cluster scope', is_expected=True)
        return is_watch, parameters

    def list_pods(self, parameters):
        selects = self._selects(one(parameters, "fieldSelector"))
        limit = number(one(parameters, "limit") or "0", "limit")
        version_text, token = one(parameters, "resourceVersion"), one(parameters, "continue")
        match = one(parameters, "resourceVersionMatch")
        if match and (not version_text or token):
            raise Refused(400, "BadRequest", "resourceVersionMatch is forbidden unless resourceVersion is provided, and with continue")
        if match not in ("", "NotOlderThan"):
            raise Refused(400, "BadRequest", f"resourceVersionMatch: {match}")
        if token and version_text:
            raise Refused(400, "BadRequest", "specifying resource version is not allowed when using continue")
        version = number(version_text, "resourceVersion") if version_text else 0
        with self.lock:
            if version > self.version:
                raise Refused(504, "Timeout", f"Too large resource version: {version}, current: {self.version}", is_expected=True)
            if version_text == "0":
                limit = 0  # as the watch cache does
            at, begin = self._place(token)
            pods = self.snapshots[at] if token else [pod for _, pod in sorted(self.pods.items()) if selects(pod)]
            end = begin + limit if limit else len(pods)
            metadata = {"resourceVersion": str(at)}
            if end < len(pods):
                self.snapshots[at] = pods
                metadata["continue"] = base64.b64encode(json.dumps([at, end]).encode()).decode()
                metadata["remainingItemCount"] = len(pods) - end
            return {"kind": "PodList", "apiVersion": "v1", "metadata": metadata,
                    "items": copy.deepcopy(pods[begin:end]) or None}

    def _place(self, token):
        if not token:
            return self.version, 0
        try:
            at, begin = json.loads(base64.b64decode(token, validate=True))
        except ValueError as error:
            raise Refused(400, "BadRequest", f"continue key is not valid: {error}") from error
        if at not in self.snapshots:
            raise expired("The provided continue parameter is too old")
        return at, begin

    def begin_watch(self, parameters):
        """The version to go on from, how long, with bookmarks or not."""
        self._selects(one(parameters, "fieldSelector"))
        version = number(one(parameters, "resourceVersion"), "resourceVersion")
        seconds = number(one(parameters, "timeoutSeconds") or "1800", "timeoutSeconds")
        bookmarks = one(parameters, "allowWatchBookmarks") == "true"
        with self.lock:
            if version < self.compacted and self.gone_by_status:
                raise expired(f"too old resource version: {version} ({self.compacted})")
        return version, seconds, bookmarks

    def next_events(self, version, wait_s):
        """What came after a version, and how far that is; 410 as the event that it is on a stream."""
        with self.lock:
            if not any(at > version for at, _, _ in self.history):
                self.lock.wait(wait_s)
            if version < self.compacted:
                gone = expired(f"too old resource version: {version} ({self.compacted})")
                return version, [{"type": "ERROR", "object": gone.status()}]
            events = [(at, {"type": kind, "object": pod}) for at, kind, pod in self.history if at > version]
            return (events[-1][0] if events else version), [event for _, event in events]

    def secret(self, namespace, name):
        with self.lock:
            if (namespace, name) not in self.readable:
                raise Refused(403, "Forbidden", f'secrets "{name}" is forbidden: User "system:serviceaccount:limpet:limpet" '
                                                f'cannot get resource "secrets" in the namespace "{namespace}"', is_expected=True)
            if (namespace, name) not in self.secrets:
                raise Refused(404, "NotFound", f'secrets "{name}" not found', is_expected=True)
            values = {key: base64.b64encode(text.encode()).decode() for key, text in self.secrets[(namespace, name)].items()}
            return {"kind": "Secret", "apiVersion": "v1", "metadata": {"name": name, "namespace": namespace}, "data": values,
                    "type": "Opaque"}


def make_pod(namespace, name, uid, node, **given):
    """A pod as the API has it. given: labels, annotations, owner (kind, name), containers {name: (id, restarts, image)}."""
    owner = given.get("owner")
    containers = given.get("containers", {})
    padding = "x" * random.randrange(0, 300)
    return {
        "kind": "Pod", "apiVersion": "v1",
        "metadata": {"name": name, "namespace": namespace, "uid": uid, "labels": given.get("labels", {}),
                     "annotations": {"kubectl.kubernetes.io/last-applied-configuration": padding + "\n{}\u00fc",
                                     **given.get("annotations", {})},
                     **({"ownerReferences": [{"apiVersion": "apps/v1", "kind": owner[0], "name": owner[1], "uid": "o-" + uid[:8],
                                              "controller": True, "blockOwnerDeletion": True}]} if owner else {})},
        "spec": {"nodeName": node, "containers": [{"name": key, "image": image} for key, (_, _, image) in containers.items()]},
        "status": {"phase": "Running", "podIP": "10.244.1.7", "containerStatuses": [
            {"name": key, "containerID": "containerd://" + at if at else "", "restartCount": restarts, "image": image,
             "imageID": "docker.io/" + image.split(":")[0] + "@sha256:" + "0" * 64, "ready": True, "state": {}, "lastState": {}}
            for key, (at, restarts, image) in containers.items() if at is not None]},
    }
