# One environment of GameMetrics Pro. What runs inside the cluster is not Terraform's business: Argo CD's (argocd/).

locals {
  s    = var.settings
  full = "gamemetrics-${local.s.name}"

  # One pod with one volume needs one node, in the volume's zone; Kafka and the databases need more of them, and a zone each (scripts/k8s/capacity.py).
  node_groups = { for name, group in local.s.node_groups : name => merge(group, {
    instance_types = local.s.distributed_stores ? coalesce(group.distributed.instance_types, group.instance_types) : group.instance_types
    min            = local.s.distributed_stores ? coalesce(group.distributed.min, group.min) : group.min
    max            = local.s.distributed_stores ? coalesce(group.distributed.max, group.max) : group.max
    zones          = local.s.distributed_stores ? group.distributed.zones : group.zones
  }) }
}

data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "key" {
  #checkov:skip=CKV_AWS_109: A key's own policy speaks about this key alone; AWS writes that as *
  #checkov:skip=CKV_AWS_111: A key's own policy speaks about this key alone; AWS writes that as *
  #checkov:skip=CKV_AWS_356: A key's own policy speaks about this key alone; AWS writes that as *
  statement {
    sid       = "AccountDecidesByIam"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }
}

resource "aws_kms_key" "data" {
  description             = "GameMetrics ${local.s.name}: buckets, databases, caches"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.key.json
}

resource "aws_kms_alias" "data" {
  name          = "alias/${local.full}-data"
  target_key_id = aws_kms_key.data.key_id
}

module "s3" {
  source        = "../s3"
  name          = local.full
  kms_key_arn   = aws_kms_key.data.arn
  backup_days   = local.s.backup_days
  log_days      = local.s.log_days
  force_destroy = !local.s.protected
}

module "vpc" {
  source              = "../vpc"
  name                = local.full
  cidr                = local.s.cidr
  zones               = local.s.zones
  nat_per_zone        = local.s.nat_per_zone
  interface_endpoints = local.s.interface_endpoints
  flow_log_bucket_arn = module.s3.bucket_arns["logs"]
  cluster_name        = local.full
}

module "eks" {
  source              = "../eks"
  name                = local.full
  kubernetes_version  = local.s.kubernetes_version
  cluster_subnet_ids  = module.vpc.cluster_subnet_ids
  node_subnet_ids     = module.vpc.private_subnet_ids
  public_access_cidrs = local.s.public_access_cidrs
  admin_role_arns     = local.s.admin_role_arns
  node_groups         = local.node_groups
  log_days            = local.s.log_days
  pod_roles           = local.pod_roles
}

module "rds" {
  count          = local.s.distributed_stores ? 1 : 0
  source         = "../rds"
  name           = local.full
  vpc_id         = module.vpc.vpc_id
  subnet_ids     = module.vpc.database_subnet_ids
  client_cidrs   = module.vpc.private_cidrs
  instance_class = local.s.rds.instance_class
  storage_gb     = local.s.rds.storage_gb
  multi_az       = local.s.rds.multi_az
  replicas       = local.s.rds.replicas
  kms_key_arn    = aws_kms_key.data.arn
  protected      = local.s.protected
}

module "elasticache" {
  count              = local.s.distributed_stores ? 1 : 0
  source             = "../elasticache"
  name               = local.full
  vpc_id             = module.vpc.vpc_id
  subnet_ids         = module.vpc.database_subnet_ids
  client_cidrs       = module.vpc.private_cidrs
  engine             = local.s.elasticache.engine
  node_type          = local.s.elasticache.node_type
  shards             = local.s.elasticache.shards
  replicas_per_shard = local.s.elasticache.replicas_per_shard
  kms_key_arn        = aws_kms_key.data.arn
}
