"""The files under deploy/ start the hub as it can be started: its settings, commands, addresses and user."""

import re
import shutil
import subprocess
import sys

import pytest
import yaml
from support.project import ROOT

from axis.app import build, create_app
from axis.cli import build_parser
from axis.settings import Settings, from_environment
from axis.web.openapi_description import who_may_call

UNIT = ROOT / "deploy/systemd/axis.service"
MANIFESTS = ROOT / "deploy/kubernetes/hub.yaml"
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def objects():
    """The manifests by their kinds."""
    read = list(yaml.safe_load_all(MANIFESTS.read_text(encoding="utf-8")))
    assert len({each["kind"] for each in read}) == len(read)
    return {each["kind"]: each for each in read}


@pytest.fixture(scope="module")
def pod(objects):
    return objects["Deployment"]["spec"]["template"]["spec"]


def test_a_pod_starts_the_hub_with_settings_that_there_are(objects, pod):
    read = from_environment(objects["ConfigMap"]["data"])
    for container in (*pod["initContainers"], *pod["containers"]):
        args = build_parser().parse_args(container["args"])
        assert callable(args.run)
        places = [mount["mountPath"] for mount in container["volumeMounts"]]
        assert {str(read.ledger_key_file.parent), str(read.secret_key_file.parent), "/data", "/tmp"} == set(
            places
        )
        sources = [source for each in container["envFrom"] for source in each.values()]
        assert sources[0]["name"] == objects["ConfigMap"]["metadata"]["name"]
    made = re.findall(r"create secret generic (\S+)", MANIFESTS.read_text(encoding="utf-8"))
    asked = {volume["secret"]["secretName"] for volume in pod["volumes"] if "secret" in volume}
    asked |= {each["secretRef"]["name"] for each in pod["containers"][0]["envFrom"] if "secretRef" in each}
    assert asked == set(made)


def test_a_pod_is_asked_where_the_hub_answers(pod, tmp_path):
    hub = build(Settings(database_url=f"sqlite:///{tmp_path}/axis.db"))
    routes = who_may_call(create_app(hub))
    hub.close()
    (container,) = pod["containers"]
    (port,) = container["ports"]
    args = build_parser().parse_args(container["args"])
    assert port["containerPort"] == args.port
    for name in ("startupProbe", "livenessProbe", "readinessProbe"):
        probe = container[name]["httpGet"]
        assert (routes["GET", probe["path"]], probe["port"]) == (("anyone",), port["name"])


def test_a_pod_runs_as_the_images_user_and_gains_nothing(pod):
    (user,) = re.findall(r"--uid (\d+)", DOCKERFILE)
    assert pod["securityContext"]["runAsUser"] == int(user)
    for container in (*pod["initContainers"], *pod["containers"]):
        confined = container["securityContext"]
        assert (confined["allowPrivilegeEscalation"], confined["readOnlyRootFilesystem"]) == (False, True)


def test_service_and_budget_mean_the_pods_of_the_deployment(objects):
    labels = objects["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert objects["Service"]["spec"]["selector"] == labels
    assert objects["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    assert objects["PodDisruptionBudget"]["spec"]["minAvailable"] < objects["Deployment"]["spec"]["replicas"]


def test_the_unit_starts_commands_that_there_are():
    commands = re.findall(
        r"^ExecStart(?:Pre)?=/opt/axis/bin/axis (.+)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert len(commands) == 2
    for command in commands:
        assert callable(build_parser().parse_args(command.split()).run)


def test_systemd_takes_the_unit(tmp_path):
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("no systemd-analyze on this machine: the unit was not tried")
    text = UNIT.read_text(encoding="utf-8").replace("/opt/axis/bin/axis", sys.executable)
    (tmp_path / "axis.service").write_text(text, encoding="utf-8")
    command = [program, "verify", "--man=no", tmp_path / "axis.service"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, [line for line in done.stderr.splitlines() if "axis.service" in line]) == (0, [])
