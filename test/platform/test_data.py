"""Kafka and the databases (k8s/data): rules on what is rendered, the six topics and who may use them, metrics by the names that alerts use."""
import functools
import json
import re

import pytest
import yaml

import capacity
import data_rules
import flow_table
import manifests as m
import pod_rules
from conftest import ROOT, chart_text, data_text, ground_text

# The rules of our own pods that hold for a store's, too; the others are about what `gamemetrics` itself serves.
POD_RULES = [pod_rules.runs_as_nobody, pod_rules.is_restricted, pod_rules.is_bounded, pod_rules.has_own_identity, pod_rules.can_be_evicted,
             pod_rules.is_spread, pod_rules.image_is_fixed, pod_rules.keeps_secrets_in_files, pod_rules.services_reach_pods]
TOPICS = {"events.raw", "events.enriched", "events.rejected", "player.updates", "notifications", "privacy.requests"}


def ground_of(environment):
    return "distributed" if environment == "prod" else f"{environment}-distributed"


@pytest.mark.parametrize("rule", data_rules.RULES, ids=lambda rule: rule.__name__)
def test_rule(rule, data):
    assert list(rule(data)) == []


@pytest.mark.parametrize("rule", POD_RULES, ids=lambda rule: rule.__name__)
def test_pod_rule(rule, data):
    assert list(rule(data)) == []


def test_stores_fit_into_their_namespaces(data, data_environment):
    assert list(data_rules.fits(m.load(ground_text(ground_of(data_environment))), data)) == []


def _settings_of(name):
    return json.loads((ROOT / f"terraform/environments/{name}/settings.json").read_text())


def test_pods_fit_on_the_nodes_that_are_paid_for(data, data_environment):
    chart = m.load(chart_text("distributed"))
    assert list(capacity.environment_faults(chart, data, _settings_of(data_environment))) == []


def test_disks_are_those_that_are_paid_for(data, data_environment):
    paid = json.loads((ROOT / "terraform/prices/assumptions.json").read_text())["monthly_gb"][data_environment]["store_volumes_gb"]
    assert sum(data_rules.demand(data, namespace)["requests.storage"] for namespace in ("kafka", "databases")) == paid * 2**30


@pytest.mark.parametrize("name, group, change, fault", [
    ("dev", "data", {"instance_types": ["t4g.medium"]}, "data, in a zone"),
    ("staging", "data", {"min": 2}, "data, in a zone"),
    ("prod", "data", {"min": 3}, "data, in a zone"),
    ("dev", "application", {"instance_types": ["t4g.medium"]}, "application"),
    ("prod", "application", {"min": 3}, "application, at the least"),
])
def test_nodes_that_are_too_small_are_found(name, group, change, fault):
    """Each of these was once in the settings."""
    settings, chart = _settings_of(name), m.load(chart_text("distributed"))
    settings["node_groups"][group]["distributed"].update(change)
    found = list(capacity.environment_faults(chart, m.load(data_text(name)), settings))
    assert found and all(line.startswith(fault) for line in found)


def test_autoscalers_that_ask_for_more_than_there_may_be_are_found():
    settings = _settings_of("prod")
    settings["node_groups"]["application"]["distributed"]["max"] = 9
    found = list(capacity.environment_faults(m.load(chart_text("distributed")), m.load(data_text("prod")), settings))
    assert [line.partition(":")[0] for line in found] == ["application, at the most"]


def test_a_quota_that_is_too_small_is_found():
    ground, data = m.load(ground_text("distributed")), m.load(data_text("prod"))
    for quota in m.of_kind(ground, "ResourceQuota"):
        quota["spec"]["hard"]["persistentvolumeclaims"] = "7"
    assert len(list(data_rules.fits(ground, data))) == 2


def test_environments_differ_in_size_alone():
    """A kind that only one environment has is one that was never tried before it mattered; dev's own S3 endpoint is the exception."""
    made = {e: {m.name(d) for d in m.load(data_text(e))} for e in ("dev", "staging", "prod")}
    assert made["staging"] == made["prod"]
    assert {re.sub(r".*/", "", name) for name in made["dev"] ^ made["prod"]} == {"object-store"}


def test_each_environment_has_its_own_secrets_and_bucket(data, data_environment):
    keys = [rule["extract"]["key"] for d in m.of_kind(data, "ExternalSecret") for rule in d["spec"]["dataFrom"]]
    keys += [row["match"]["remoteRef"]["remoteKey"] for d in m.of_kind(data, "PushSecret") for row in d["spec"]["data"]]
    assert keys and all(key.startswith(f"gamemetrics/{data_environment}/") for key in keys)
    paths = [d["spec"]["configuration"]["destinationPath"] for d in m.of_kind(data, "ObjectStore")]
    assert paths and all(path.startswith(f"s3://gamemetrics-{data_environment}-backups-") for path in paths)
    assert len(set(paths)) == len(paths)


def test_secrets_may_be_read_where_they_are(data):
    """The store of secrets serves named namespaces only (k8s/platform/secrets)."""
    allowed = m.load((ROOT / "k8s/platform/secrets/store.yaml").read_text())[0]["spec"]["conditions"][0]["namespaces"]
    assert {d["metadata"]["namespace"] for d in m.of_kind(data, "ExternalSecret", "PushSecret")} <= set(allowed)


def test_topics_are_those_of_the_design(data):
    assert {d["metadata"]["name"] for d in m.of_kind(data, "KafkaTopic")} == TOPICS


def test_topics_of_autoscaling_exist(data):
    chart = m.load(chart_text("distributed"))
    groups = {}
    for scaler in m.of_kind(chart, "ScaledObject"):
        trigger = scaler["spec"]["triggers"][0]["metadata"]
        groups[trigger["consumerGroup"]] = trigger["topic"]
        topic = next(d for d in m.of_kind(data, "KafkaTopic") if d["metadata"]["name"] == trigger["topic"])
        assert scaler["spec"]["maxReplicaCount"] <= topic["spec"]["partitions"], "a consumer without a partition does nothing"
    keda = next(d for d in m.of_kind(data, "KafkaUser") if d["metadata"]["name"] == "keda")["spec"]["authorization"]["acls"]
    assert {rule["resource"]["name"] for rule in keda if rule["resource"]["type"] == "group"} == set(groups)
    assert {rule["resource"]["name"] for rule in keda if rule["resource"]["type"] == "topic"} == set(groups.values())


def test_autoscaling_signs_in_with_what_kafka_knows(data):
    """KEDA's secret comes from the entries that Kafka's own passwords come from, and to which its certificate authority is written."""
    chart = m.load(chart_text("distributed"))
    made = _one(chart, "ExternalSecret", "gamemetrics-keda")["spec"]
    rows = {row["secretKey"]: row["remoteRef"] for row in made["data"]}
    asked = {(ref["name"], ref["key"]) for ref in _one(chart, "TriggerAuthentication")["spec"]["secretTargetRef"]}
    assert asked == {(made["target"]["name"], key) for key in [*rows, *made["target"]["template"]["data"]]}
    user = made["target"]["template"]["data"]["username"]
    password = _one(data, "KafkaUser", user)["spec"]["authentication"]["password"]["valueFrom"]["secretKeyRef"]
    entry = _one(data, "ExternalSecret", password["name"])["spec"]["dataFrom"][0]["extract"]["key"]
    assert rows["password"]["property"] == password["key"] and rows["password"]["key"].split("/")[-1] == entry.split("/")[-1]
    pushed = _one(data, "PushSecret", "kafka-ca")["spec"]["data"][0]["match"]["remoteRef"]
    assert (rows["ca.crt"]["key"].split("/")[-1], rows["ca.crt"]["property"]) == (pushed["remoteKey"].split("/")[-1], pushed["property"])


def test_what_services_are_given_is_what_stores_know(data):
    """Each entry that the chart asks for is one that a store reads its users from, or that its authority is written to."""
    entries = {name.rsplit("/", 1)[-1] for d in m.of_kind(data, "ExternalSecret") for name in [d["spec"]["dataFrom"][0]["extract"]["key"]]}
    pushed = {row["match"]["remoteRef"]["remoteKey"].rsplit("/", 1)[-1] for d in m.of_kind(data, "PushSecret") for row in d["spec"]["data"]}
    # These two stores have hashes of the passwords, in an entry of another form (k8s/data/README.md).
    hashed = {f"{store}-passwords" for store in ("valkey", "clickhouse") if store in entries}
    asked = {row["remoteRef"]["key"].rsplit("/", 1)[-1] for d in m.of_kind(m.load(chart_text("distributed")), "ExternalSecret")
             for row in d["spec"]["data"]}
    assert asked <= entries | pushed | hashed and pushed <= asked


@pytest.mark.parametrize("cluster", ["postgres", "timescale"])
def test_a_role_is_a_service_that_the_flows_let_through(data, cluster):
    clients = {edge.source.name for edge in flow_table.load("distributed").edges if edge.target.name == cluster and edge.source.namespace == "default"}
    roles = {role["name"]: role["passwordSecret"]["name"] for role in _one(data, "Cluster", cluster)["spec"]["managed"]["roles"]}
    assert set(roles) == clients
    for role, secret in roles.items():
        target = _one(data, "ExternalSecret", secret)["spec"]["target"]
        assert target["name"] == secret and target["template"]["type"] == "kubernetes.io/basic-auth"
        # Without mergePolicy the Secret has what the template names and nothing of the rest.
        assert target["template"]["data"] == {"username": role, "password": f'{{{{ index . "{role}" }}}}'} and "mergePolicy" not in target["template"]


def test_users_are_those_that_the_flows_let_through(data):
    table = flow_table.load("distributed")
    clients = {edge.source.name for edge in table.edges if edge.target.name == "kafka-broker" and edge.port == 9093}
    users = {d["metadata"]["name"] for d in m.of_kind(data, "KafkaUser")}
    assert {name.removesuffix("-operator") for name in clients} == users


def test_every_topic_is_written_and_read(data):
    rights = {"Read": set(), "Write": set()}
    for user in m.of_kind(data, "KafkaUser"):
        for rule in user["spec"]["authorization"]["acls"]:
            for operation in set(rule["operations"]) & set(rights):
                if rule["resource"]["type"] == "topic":
                    rights[operation].add(rule["resource"]["name"])
    assert rights["Write"] == TOPICS
    # What is enriched is for readers outside, who get a user of their own.
    assert rights["Read"] == TOPICS - {"events.enriched"}


# --- the table of flows knows these pods ------------------------------------------------------------------------------------------

def _pods(documents):
    for owner in m.pod_owners(documents):
        yield m.name(owner), owner["metadata"]["namespace"], m.pod_labels(owner), m.pod_template(owner)["spec"]["serviceAccountName"]
    for member in data_rules.members(documents):
        if member.document["kind"] != "StatefulSet":
            # What the operators name their accounts: by the Kafka cluster, by the PostgreSQL cluster.
            account = f"{member.labels['strimzi.io/cluster']}-kafka" if "strimzi.io/cluster" in member.labels else member.labels["cnpg.io/cluster"]
            yield member.name, member.namespace, member.labels, account


def test_every_pod_is_one_workload_of_the_table(data, data_environment):
    table = flow_table.load(ground_of(data_environment))
    for name, namespace, labels, account in _pods(data):
        found = [end.name for end in table.workloads.values() if end.namespace == namespace and set(end.labels) <= set(labels.items())
                 and end.service_account == account]
        assert len(found) == 1, name


def test_table_names_ports_that_pods_have():
    table, data = flow_table.load("dev-distributed"), m.load(data_text("dev"))
    for owner in m.pod_owners(data):
        ports = {port["containerPort"] for container in m.containers(owner) for port in container.get("ports", [])}
        used = {edge.port for edge in table.edges if edge.target.namespace == owner["metadata"]["namespace"]
                and set(edge.target.labels) <= set(m.pod_labels(owner).items()) and edge.target.is_workload}
        assert used == ports, m.name(owner)


def _settings(data, name, key):
    return yaml.safe_load(next(d for d in m.of_kind(data, "ConfigMap") if d["metadata"]["name"].startswith(name))["data"][key])


def test_clickhouse_listens_on_its_ports_alone(data):
    settings = _settings(data, "clickhouse-", "config.yaml")
    ports = {key: value for key, value in settings.items() if key.endswith("_port")} | {"prometheus": settings["prometheus"]["port"]}
    assert ports == {"https_port": 8443, "interserver_https_port": 9010, "prometheus": 9363}
    keepers = next(d for d in m.of_kind(data, "StatefulSet") if d["metadata"]["name"] == "clickhouse-keeper")["spec"]["replicas"]
    assert [node["host"] for node in settings["zookeeper"]["node"]] == [f"clickhouse-keeper-{n}.clickhouse-keeper.databases.svc" for n in range(keepers)]
    quorum = _settings(data, "clickhouse-keeper-", "keeper.yaml")["keeper_server"]["raft_configuration"]
    assert quorum["secure"] is True and len(quorum["server"]) == keepers


def test_certificates_name_those_who_show_them(data):
    names = {d["spec"]["secretName"]: d["spec"]["dnsNames"] for d in m.of_kind(data, "Certificate") if "dnsNames" in d["spec"]}
    services = {d["metadata"]["name"] for d in m.of_kind(data, "Service")}
    for owner in m.of_kind(data, "StatefulSet"):
        for volume in m.pod_template(owner)["spec"]["volumes"]:
            if volume["name"] == "certificates":
                known = names[volume["secret"]["secretName"]]
                assert f"*.{owner['spec']['serviceName']}.databases.svc" in known
                assert all(name.removeprefix("*.").split(".")[0] in services for name in known)


def test_valkey_forms_the_cluster_that_there_is(data):
    shards = [d for d in m.of_kind(data, "StatefulSet") if d["metadata"]["name"].startswith("valkey-")]
    assert [d["metadata"]["name"] for d in shards] == [f"valkey-{number}" for number in range(3)]
    servers, job = shards[0], m.containers(next(d for d in m.of_kind(data, "Job")))[0]
    assert job["args"][0].count("for shard in 0 1 2; do") == 2
    assert all(d["spec"]["replicas"] == 2 and d["spec"]["serviceName"] == "valkey" for d in shards) and "for number in 0 1; do" in job["args"][0]
    assert job["image"] == m.containers(servers)[0]["image"]
    memory = dict((v["name"], v.get("value")) for v in m.containers(servers)[0]["env"])["MEMORY_MAX"]
    # Buffers of replication and clients are not counted by maxmemory.
    assert int(memory.removesuffix("mb")) * 2**20 <= 0.8 * m.quantity(m.containers(servers)[0]["resources"]["limits"]["memory"])


# --- metrics: beans of Kafka 4 through our rules, as the exporter reads them -------------------------------------------------------

@functools.cache
def _exporter(file):
    return yaml.safe_load((ROOT / "k8s/data/kafka/metrics" / file).read_text())


def exported(file, bean):
    """The name under which the JMX exporter gives a bean's attribute: the first rule that fits; groups filled in; dashes made underscores."""
    for rule in _exporter(file)["rules"]:
        found = re.match(rule["pattern"], bean)
        if found:
            name = re.sub(r"\$(\d)", lambda group: found.group(int(group.group(1))), rule["name"])
            return re.sub(r"[^a-z0-9_]", "_", name.lower())
    return None


BEANS = {
    "kafka.server<type=ReplicaManager, name=UnderReplicatedPartitions><>Value": "kafka_server_replicamanager_underreplicatedpartitions",
    "kafka.server<type=ReplicaManager, name=LeaderCount><>Value": "kafka_server_replicamanager_leadercount",
    "kafka.controller<type=KafkaController, name=ActiveControllerCount><>Value": "kafka_controller_kafkacontroller_activecontrollercount",
    "kafka.controller<type=KafkaController, name=OfflinePartitionsCount><>Value": "kafka_controller_kafkacontroller_offlinepartitionscount",
    "kafka.controller<type=ControllerStats, name=UncleanLeaderElectionsPerSec><>Count": "kafka_controller_controllerstats_uncleanleaderelections_total",
    "kafka.server<type=KafkaRequestHandlerPool, name=RequestHandlerAvgIdlePercent><>OneMinuteRate":
        "kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent",
    "kafka.network<type=SocketServer, name=NetworkProcessorAvgIdlePercent><>Value": "kafka_network_socketserver_networkprocessoravgidle_percent",
    "kafka.server<type=BrokerTopicMetrics, name=BytesInPerSec, topic=events.raw><>Count": "kafka_server_brokertopicmetrics_bytesin_total",
    "kafka.server<type=BrokerTopicMetrics, name=MessagesInPerSec><>Count": "kafka_server_brokertopicmetrics_messagesin_total",
    "kafka.log<type=Log, name=Size, topic=events.raw, partition=3><>Value": "kafka_log_log_size",
    "kafka.log<type=LogManager, name=OfflineLogDirectoryCount><>Value": "kafka_log_logmanager_offlinelogdirectorycount",
    "kafka.cluster<type=Partition, name=UnderMinIsr, topic=events.raw, partition=3><>Value": "kafka_cluster_partition_underminisr",
    "kafka.server<type=raft-metrics><>current-state: leader": "kafka_server_raftmetrics_current_state",
    "kafka.server<type=BrokerTopicMetrics, name=BytesOutPerSec, topic=events.raw><>Count": "kafka_server_brokertopicmetrics_bytesout_total",
    "kafka.server<type=ReplicaManager, name=UnderMinIsrPartitionCount><>Value": "kafka_server_replicamanager_underminisrpartitioncount",
    "kafka.server<type=ReplicaManager, name=PartitionCount><>Value": "kafka_server_replicamanager_partitioncount",
    "kafka.server<type=raft-metrics><>current-epoch: 7": "kafka_server_raftmetrics_current_epoch",
    "kafka.server<type=raft-metrics><>commit-latency-avg: 1.5": "kafka_server_raftmetrics_commit_latency_avg",
    "kafka.server<type=raft-channel-metrics><>request-total: 5": "kafka_server_raftchannelmetrics_request_total",
}


@pytest.mark.parametrize("bean, name", BEANS.items())
def test_a_bean_gets_the_name_that_alerts_use(bean, name):
    assert exported("kafka.yaml", bean) == name
    assert name in (ROOT / "monitoring/exporters/strimzi.txt").read_text().split()


def test_beans_without_use_are_left_out():
    assert exported("kafka.yaml", "kafka.network<type=RequestMetrics, name=RequestsPerSec, request=Fetch, version=17><>Count") is None


def test_every_kafka_metric_of_the_rules_comes_out():
    """What alerts and dashboards ask of the brokers is made by a bean above: a new one needs its line there."""
    asked = set()
    for path in [*(ROOT / "monitoring/rules").glob("*.yaml"), *(ROOT / "monitoring/dashboards").glob("*.json")]:
        asked |= set(re.findall(r"kafka_(?:server|controller|log|network|cluster)_[a-z0-9_]+", path.read_text()))
    assert asked - set(BEANS.values()) == set()


# --- the rules can fail ------------------------------------------------------------------------------------------------------------

def _one(documents, kind, name=None):
    return next(d for d in m.of_kind(documents, kind) if name in (None, d["metadata"]["name"]))


def _zone_rule(documents):
    return m.pod_template(_one(documents, "StatefulSet", "valkey-1"))["spec"]["topologySpreadConstraints"][0]


CHANGES = {
    "keeps_its_quorum": [lambda d: _one(d, "KafkaNodePool", "controller")["spec"].update(replicas=2), lambda d: _one(d, "Cluster")["spec"].update(instances=1)],
    "is_spread": [lambda d: _one(d, "KafkaNodePool")["spec"]["template"]["pod"]["topologySpreadConstraints"].clear(),
                  lambda d: _one(d, "Cluster")["spec"]["topologySpreadConstraints"][0].update(whenUnsatisfiable="ScheduleAnyway"),
                  lambda d: _one(d, "KafkaNodePool", "broker")["metadata"].update(name="brokers")],
    "shards_outlive_a_zone": [lambda d: _zone_rule(d).update(whenUnsatisfiable="ScheduleAnyway"),
                              lambda d: _zone_rule(d)["labelSelector"]["matchLabels"].pop("gamemetrics.io/shard")],
    "is_bounded": [lambda d: _one(d, "Cluster")["spec"]["resources"]["limits"].update(memory="64Gi"),
                   lambda d: _one(d, "KafkaNodePool")["spec"]["resources"]["requests"].pop("cpu")],
    "is_restricted": [lambda d: _one(d, "KafkaNodePool")["spec"]["template"]["kafkaContainer"]["securityContext"].update(readOnlyRootFilesystem=False)],
    "has_priority": [lambda d: _one(d, "Cluster")["spec"].update(priorityClassName="low")],
    "can_be_evicted": [lambda d: _one(d, "Kafka")["spec"]["kafka"].pop("template"), lambda d: _one(d, "Cluster")["spec"].update(enablePDB=False),
                       lambda d: d.remove(_one(d, "PodDisruptionBudget", "valkey"))],
    "outlives_its_claim": [lambda d: _one(d, "KafkaNodePool")["spec"]["storage"]["volumes"][0].update(deleteClaim=True),
                           lambda d: _one(d, "Cluster")["spec"]["storage"].update(storageClass="gp3-delete")],
    "kafka_is_strict": [lambda d: _one(d, "Kafka")["spec"]["kafka"]["listeners"].append({"name": "plain", "port": 9092, "type": "internal", "tls": False}),
                        lambda d: _one(d, "Kafka")["spec"]["kafka"]["config"].update({"min.insync.replicas": 1}),
                        lambda d: _one(d, "Kafka")["spec"]["kafka"].update(authorization={"type": "simple", "superUsers": ["CN=x"]}),
                        lambda d: _one(d, "Kafka")["spec"]["kafka"].pop("rack")],
    "topics_are_safe": [lambda d: _one(d, "KafkaTopic")["spec"].update(replicas=1),
                        lambda d: _one(d, "KafkaTopic", "events.raw")["spec"]["config"].pop("retention.ms")],
    "users_have_few_rights": [lambda d: _one(d, "KafkaUser")["spec"]["authorization"]["acls"][0].update(operations=["All"]),
                              lambda d: _one(d, "KafkaUser")["spec"]["authorization"]["acls"][0]["resource"].update(name="*"),
                              lambda d: _one(d, "KafkaUser")["spec"].pop("quotas")],
    "databases_are_backed_up": [lambda d: _one(d, "Cluster")["spec"].pop("plugins"), lambda d: d.remove(_one(d, "ScheduledBackup")),
                                lambda d: _one(d, "Cluster")["spec"]["postgresql"].pop("synchronous")],
}


@pytest.mark.parametrize("rule, change", [pytest.param(rule, change, id=f"{rule}-{number}") for rule, changes in CHANGES.items()
                                          for number, change in enumerate(changes)])
def test_rule_can_fail(rule, change):
    documents = m.load(data_text("prod"))
    change(documents)
    assert list(getattr(data_rules, rule)(documents)) != []


def test_every_rule_is_shown_to_fail():
    assert {rule.__name__ for rule in data_rules.RULES} == set(CHANGES)
