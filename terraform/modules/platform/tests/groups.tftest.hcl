# What settings.json says of a node group is what becomes one, in both shapes (scripts/terraform/cost.py counts the same).
variables {
  settings = jsondecode(file("../../environments/dev/settings.json"))
}

run "released_shape" {
  command = plan
  assert {
    condition     = local.node_groups["data"].instance_types == tolist(["t4g.medium"]) && local.node_groups["data"].zones == tolist([0])
    error_message = "One pod with one volume: one node, in the volume's zone."
  }
  assert {
    condition     = length(module.rds) == 0 && length(module.elasticache) == 0
    error_message = "Nothing is made that nothing uses."
  }
}

run "distributed_shape" {
  command = plan
  variables {
    settings = merge(jsondecode(file("../../environments/dev/settings.json")), { distributed_stores = true })
  }
  assert {
    condition     = local.node_groups["data"].instance_types == tolist(["t4g.xlarge"]) && local.node_groups["data"].zones == tolist([0])
    error_message = "dev's stores are on one machine that is large enough."
  }
  assert {
    condition     = local.node_groups["application"].min == 4 && local.node_groups["application"].max == 15 && local.node_groups["application"].zones == null
    error_message = "Services are in every zone."
  }
  assert {
    condition     = local.node_groups["system"].min == local.s.node_groups["system"].min
    error_message = "A group that says nothing of the shape stays as it is."
  }
}

run "production_has_a_zone_each" {
  command = plan
  variables {
    settings = merge(jsondecode(file("../../environments/prod/settings.json")), { distributed_stores = true })
  }
  assert {
    condition     = local.node_groups["data"].min == 6 && local.node_groups["data"].zones == null
    error_message = "Two nodes a zone for the stores."
  }
}

run "the_monitoring_stack_knows_its_buckets" {
  command = plan
  assert {
    condition     = aws_secretsmanager_secret.telemetry.name == "gamemetrics/dev/telemetry-buckets"
    error_message = "External Secrets may read gamemetrics/<environment>/* and looks for this name."
  }
  assert {
    condition     = alltrue([for name in keys(local.telemetry_pods) : local.pod_roles[name].namespace == "monitoring"]) && length(local.pod_roles) == length(local.telemetry_pods) + 3
    error_message = "Each of the stack's pods that needs a bucket has its role."
  }
}

run "requests_find_their_way_in" {
  command = plan
  variables {
    settings = merge(jsondecode(file("../../environments/dev/settings.json")), { dns_zone_ids = ["Z1"] })
  }
  assert {
    condition     = local.pod_roles["load-balancers"].service_account == "aws-load-balancer-controller" && local.pod_roles["load-balancers"].namespace == "kube-system"
    error_message = "What makes load balancers has its role."
  }
  assert {
    condition     = local.pod_roles["cert-manager"].service_account == "cert-manager"
    error_message = "cert-manager may write into the zones that are named."
  }
}

run "databases_reach_their_backups" {
  command = plan
  variables {
    settings = merge(jsondecode(file("../../environments/dev/settings.json")), { distributed_stores = true })
  }
  assert {
    condition     = toset(keys(local.store_pods)) == toset(["postgres", "timescale"]) && alltrue([for name in keys(local.store_pods) : local.pod_roles[name].service_account == name])
    error_message = "Each PostgreSQL cluster has its role for the bucket of backups."
  }
}
