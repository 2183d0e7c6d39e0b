"""A real Kubernetes control plane on loopback, for one check: etcd and the API server, and on request the scheduler, the controllers and nodes that
are not there (kwok). Everything it writes is in one folder; leaving the `with` block ends every process that it started.
"""
import json
import os
import pathlib
import socket
import subprocess
import time
import urllib.request

READY_SECONDS_MAX = 180
TOKEN = "for-this-run-alone"
KUBECONFIG = """apiVersion: v1
kind: Config
clusters: [{{name: c, cluster: {{server: "https://127.0.0.1:{port}", insecure-skip-tls-verify: true}}}}]
users: [{{name: u, user: {{token: {token}}}}}]
contexts: [{{name: c, context: {{cluster: c, user: u}}}}]
current-context: c
"""


def _free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Refused(Exception):
    """kubectl said no; str() is what it said."""


class ControlPlane:
    def __init__(self, tools, folder, server_options=()):
        self._tools, self._folder, self._server_options = pathlib.Path(tools), pathlib.Path(folder), server_options
        self._processes, self._nodes = [], {}
        self._etcd_port, self._peer_port, self._port = _free_ports(3)
        self.kubeconfig = self._folder / "kubeconfig"

    def __enter__(self):
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / "tokens.csv").write_text(f"{TOKEN},check,1,system:masters\n")
        self.kubeconfig.write_text(KUBECONFIG.format(port=self._port, token=TOKEN))
        subprocess.run(["openssl", "genrsa", "-out", self._folder / "account.key", "2048"], check=True, capture_output=True)
        try:
            self._start_store()
            self._start_server()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self._processes):
            process.terminate()
        for process in reversed(self._processes):
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes.clear()

    def _start(self, name, program, *arguments):
        log = (self._folder / f"{name}.log").open("w")
        self._processes.append(subprocess.Popen([program, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT))
        return self._processes[-1]

    def _until(self, what, process, ready):
        deadline = time.monotonic() + READY_SECONDS_MAX
        while not ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{what} did not become ready:\n" + (self._folder / f"{what}.log").read_text()[-2000:])
            time.sleep(0.3)

    def _start_store(self):
        url, peer = f"http://127.0.0.1:{self._etcd_port}", f"http://127.0.0.1:{self._peer_port}"
        # What it holds is thrown away with the folder: no sync to disk.
        process = self._start("etcd", self._tools / "kubernetes-servers/etcd", f"--data-dir={self._folder / 'etcd'}", "--unsafe-no-fsync",
                              f"--listen-client-urls={url}", f"--advertise-client-urls={url}", f"--listen-peer-urls={peer}",
                              f"--initial-advertise-peer-urls={peer}", f"--initial-cluster=default={peer}")

        def ready():
            try:
                return urllib.request.urlopen(f"{url}/readyz", timeout=2).status == 200
            except OSError:
                return False

        self._until("etcd", process, ready)

    def _start_server(self):
        key = self._folder / "account.key"
        process = self._start(
            "kube-apiserver", self._tools / "kubernetes-servers/kube-apiserver", f"--etcd-servers=http://127.0.0.1:{self._etcd_port}",
            "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", f"--secure-port={self._port}", f"--cert-dir={self._folder / 'certificates'}",
            f"--token-auth-file={self._folder / 'tokens.csv'}", "--authorization-mode=RBAC", f"--service-account-key-file={key}",
            f"--service-account-signing-key-file={key}", "--service-account-issuer=https://kubernetes.default.svc",
            "--service-cluster-ip-range=10.96.0.0/16", "--endpoint-reconciler-type=none", "--allow-privileged=true",
            # Accounts' tokens are made by a controller that is not there in every check.
            "--disable-admission-plugins=ServiceAccount", *self._server_options)
        self._until("kube-apiserver", process, lambda: self._says_ready())

    def _says_ready(self):
        return subprocess.run(self._command("get", "--raw=/readyz"), capture_output=True).returncode == 0

    def start_controllers(self, options=()):
        servers = self._tools / "kubernetes-servers"
        self._start("kube-scheduler", servers / "kube-scheduler", f"--kubeconfig={self.kubeconfig}", "--leader-elect=false", "--secure-port=0")
        self._start("kube-controller-manager", servers / "kube-controller-manager", f"--kubeconfig={self.kubeconfig}", "--leader-elect=false",
                    "--secure-port=0", f"--service-account-private-key-file={self._folder / 'account.key'}", *options)

    def start_nodes(self, zone):
        """The nodes of a zone beat, and their pods run, as long as this process does."""
        self._nodes[zone] = self._start(
            f"kwok-{zone}", self._tools / "kwok/kwok", f"--kubeconfig={self.kubeconfig}", "--node-lease-duration-seconds=8",
            f"--manage-nodes-with-label-selector=topology.kubernetes.io/zone={zone}",
            *[f"--config={stage}" for stage in sorted((self._tools / "kwok/stages").glob("*.yaml"))])

    def lose_nodes(self, zone):
        process = self._nodes.pop(zone)
        process.kill()
        process.wait()

    def _command(self, *arguments):
        return [self._tools / "kubernetes-clients/kubectl/kubectl", f"--kubeconfig={self.kubeconfig}", f"--cache-dir={self._folder / 'cache'}", *arguments]

    def kubectl(self, *arguments, text=None):
        made = subprocess.run(self._command(*arguments), input=text, text=True, capture_output=True, env={**os.environ, "HOME": str(self._folder)})
        if made.returncode != 0:
            raise Refused((made.stderr or made.stdout).strip())
        return made.stdout

    def apply(self, documents, dry_run=False):
        """Strict: an unknown field is an error. All that is wrong is in what Refused says."""
        text = "\n---\n".join(json.dumps(document) for document in documents)
        options = ["--dry-run=server"] if dry_run else []
        return self.kubectl("apply", "--server-side", "--force-conflicts", "--validate=strict", *options, "-f", "-", text=text)

    def objects(self, kind, *arguments):
        return json.loads(self.kubectl("get", kind, *arguments, "-o", "json"))["items"]

    def define(self, folder):
        """Puts CustomResourceDefinitions in place (a folder of JSON files) and waits until they are served."""
        self.kubectl("create", "-f", str(folder))
        self.kubectl("wait", "--for=condition=Established", "--timeout=120s", "customresourcedefinitions", "--all")
