# Counters, leaderboards, presence, shared limits, cache. Everything here can be lost: it is rebuilt from the stores.

resource "aws_elasticache_subnet_group" "this" {
  name       = var.name
  subnet_ids = var.subnet_ids
}

resource "aws_security_group" "this" {
  name        = "${var.name}-redis"
  description = "Redis protocol from the pods' networks"
  vpc_id      = var.vpc_id
  tags        = { Name = "${var.name}-redis" }
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  for_each          = toset(var.client_cidrs)
  security_group_id = aws_security_group.this.id
  description       = "Redis protocol from pods"
  cidr_ipv4         = each.key
  from_port         = 6379
  to_port           = 6379
  ip_protocol       = "tcp"
}

resource "aws_elasticache_parameter_group" "this" {
  name   = var.name
  family = var.engine == "valkey" ? "valkey8" : "redis7"

  parameter {
    name  = "cluster-enabled"
    value = "yes"
  }
  # What is oldest goes first; a full cache that refuses writes would stop the shared limits.
  parameter {
    name  = "maxmemory-policy"
    value = "allkeys-lru"
  }
}

# Whoever names no user may do nothing.
resource "aws_elasticache_user" "default" {
  user_id       = "${var.name}-default"
  user_name     = "default"
  engine        = var.engine
  access_string = "off -@all"
  authentication_mode { type = "no-password-required" }
}

resource "aws_elasticache_user" "services" {
  user_id       = "${var.name}-services"
  user_name     = "${var.name}-services"
  engine        = var.engine
  access_string = "on ~gm:* &gm:* +@all -@admin -@dangerous"
  authentication_mode { type = "iam" }
}

resource "aws_elasticache_user_group" "this" {
  engine        = var.engine
  user_group_id = var.name
  user_ids      = [aws_elasticache_user.default.user_id, aws_elasticache_user.services.user_id]
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id       = var.name
  description                = "GameMetrics: live state and shared limits"
  engine                     = var.engine
  engine_version             = var.engine == "valkey" ? "8.0" : "7.1"
  node_type                  = var.node_type
  cluster_mode               = "enabled"
  num_node_groups            = var.shards
  replicas_per_node_group    = var.replicas_per_shard
  automatic_failover_enabled = true
  multi_az_enabled           = var.replicas_per_shard > 0
  parameter_group_name       = aws_elasticache_parameter_group.this.name
  subnet_group_name          = aws_elasticache_subnet_group.this.name
  security_group_ids         = [aws_security_group.this.id]
  user_group_ids             = [aws_elasticache_user_group.this.user_group_id]
  transit_encryption_enabled = true
  transit_encryption_mode    = "required"
  at_rest_encryption_enabled = true
  kms_key_id                 = var.kms_key_arn
  snapshot_retention_limit   = var.snapshot_days
  snapshot_window            = "01:00-02:00"
  maintenance_window         = "sun:04:30-sun:05:30"
  auto_minor_version_upgrade = true
}
