resource "aws_iam_role" "node" {
  name               = "${var.name}-node"
  assume_role_policy = data.aws_iam_policy_document.assume["node"].json
}

resource "aws_iam_role_policy_attachment" "node" {
  for_each   = toset(["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"])
  role       = aws_iam_role.node.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/${each.key}"
}

resource "aws_launch_template" "node" {
  for_each               = var.node_groups
  name_prefix            = "${var.name}-${each.key}-"
  update_default_version = true

  # Tokens only, and one hop: a pod cannot ask the node's metadata for the node's role.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "disabled"
  }

  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      volume_type           = "gp3"
      volume_size           = each.value.disk_gb
      encrypted             = true
      kms_key_id            = aws_kms_key.this.arn
      delete_on_termination = true
    }
  }

  tag_specifications {
    resource_type = "instance"
    tags          = { Name = "${var.name}-${each.key}" }
  }
}

resource "aws_eks_node_group" "this" {
  for_each        = var.node_groups
  cluster_name    = aws_eks_cluster.this.name
  node_group_name = each.key
  node_role_arn   = aws_iam_role.node.arn
  subnet_ids      = each.value.zones == null ? var.node_subnet_ids : [for zone in each.value.zones : var.node_subnet_ids[zone]]
  instance_types  = each.value.instance_types
  capacity_type   = each.value.capacity_type
  ami_type        = "AL2023_ARM_64_STANDARD"
  labels          = { "gamemetrics.io/nodes" = each.key }

  scaling_config {
    min_size     = each.value.min
    max_size     = each.value.max
    desired_size = each.value.min
  }

  update_config { max_unavailable = 1 }

  node_repair_config { enabled = true }

  launch_template {
    id      = aws_launch_template.node[each.key].id
    version = aws_launch_template.node[each.key].latest_version
  }

  dynamic "taint" {
    for_each = each.value.tainted ? ["gamemetrics.io/nodes"] : []
    content {
      key    = taint.value
      value  = each.key
      effect = "NO_SCHEDULE"
    }
  }

  # The cluster autoscaler moves it between min and max.
  lifecycle { ignore_changes = [scaling_config[0].desired_size] }

  depends_on = [aws_iam_role_policy_attachment.node, aws_eks_addon.before_nodes]
}
