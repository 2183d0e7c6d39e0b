# Add-ons in the versions that AWS calls the default for this Kubernetes; the network plugin has to be there before the first node is.

locals {
  before_nodes = {
    vpc-cni                = { enableNetworkPolicy = "true", env = { ENABLE_PREFIX_DELEGATION = "true", WARM_PREFIX_TARGET = "1" } }
    kube-proxy             = null
    eks-pod-identity-agent = null
  }
  after_nodes = ["coredns", "aws-ebs-csi-driver", "metrics-server", "snapshot-controller"]
}

data "aws_eks_addon_version" "this" {
  for_each           = toset(concat(keys(local.before_nodes), local.after_nodes))
  addon_name         = each.key
  kubernetes_version = aws_eks_cluster.this.version
}

resource "aws_eks_addon" "before_nodes" {
  for_each                    = local.before_nodes
  cluster_name                = aws_eks_cluster.this.name
  addon_name                  = each.key
  addon_version               = data.aws_eks_addon_version.this[each.key].version
  configuration_values        = each.value == null ? null : jsonencode(each.value)
  resolve_conflicts_on_update = "PRESERVE"
}

resource "aws_eks_addon" "after_nodes" {
  for_each                    = toset(local.after_nodes)
  cluster_name                = aws_eks_cluster.this.name
  addon_name                  = each.key
  addon_version               = data.aws_eks_addon_version.this[each.key].version
  resolve_conflicts_on_update = "PRESERVE"
  depends_on                  = [aws_eks_node_group.this]
}
