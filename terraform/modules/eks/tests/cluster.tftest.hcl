variables {
  name               = "gamemetrics-test"
  cluster_subnet_ids = ["subnet-1", "subnet-2", "subnet-3"]
  node_subnet_ids    = ["subnet-4", "subnet-5", "subnet-6"]
  node_groups = {
    system      = { instance_types = ["t4g.medium"], min = 3, max = 4 }
    application = { instance_types = ["m7g.large"], capacity_type = "SPOT", min = 2, max = 9 }
    data        = { instance_types = ["r7g.large"], min = 1, max = 6, tainted = true, zones = [0] }
  }
}

run "closed_by_default" {
  command = plan
  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].endpoint_private_access && !aws_eks_cluster.this.vpc_config[0].endpoint_public_access
    error_message = "The API server is reached from the VPC only."
  }
  assert {
    condition     = length(aws_eks_cluster.this.enabled_cluster_log_types) == 5
    error_message = "All five logs of the control plane."
  }
  assert {
    condition     = contains(aws_eks_cluster.this.encryption_config[0].resources, "secrets")
    error_message = "Secrets are encrypted with a key of ours."
  }
  assert {
    condition     = aws_eks_cluster.this.access_config[0].authentication_mode == "API"
    error_message = "People come in by access entries."
  }
  assert {
    condition     = aws_eks_cluster.this.upgrade_policy[0].support_type == "STANDARD"
    error_message = "No extended support, which costs six times as much."
  }
  assert {
    condition     = alltrue([for template in aws_launch_template.node : template.metadata_options[0].http_tokens == "required" && template.metadata_options[0].http_put_response_hop_limit == 1])
    error_message = "Pods cannot reach the node's metadata."
  }
  assert {
    condition     = alltrue([for template in aws_launch_template.node : template.block_device_mappings[0].ebs[0].encrypted == "true"])
    error_message = "Disks of nodes are encrypted."
  }
  assert {
    condition     = length(aws_eks_node_group.this["data"].subnet_ids) == 1 && length(aws_eks_node_group.this["system"].subnet_ids) == 3
    error_message = "Nodes with volumes are in the volume's zone, the others in all."
  }
  assert {
    condition     = length(aws_iam_openid_connect_provider.this) == 1 && length(aws_eks_pod_identity_association.pod) == 1
    error_message = "Pod Identity, and OpenID Connect for what cannot use it."
  }
}

run "the_whole_world" {
  command = plan
  variables { public_access_cidrs = ["0.0.0.0/0"] }
  expect_failures = [var.public_access_cidrs]
}

run "a_version_in_extended_support" {
  command = plan
  variables { kubernetes_version = "1.33" }
  expect_failures = [var.kubernetes_version]
}

run "volumes_on_nodes_that_are_taken_back" {
  command = plan
  variables {
    node_groups = {
      system      = { instance_types = ["t4g.medium"], min = 1, max = 1 }
      application = { instance_types = ["m7g.large"], min = 1, max = 1 }
      data        = { instance_types = ["r7g.large"], capacity_type = "SPOT", min = 1, max = 1 }
    }
  }
  expect_failures = [var.node_groups]
}
