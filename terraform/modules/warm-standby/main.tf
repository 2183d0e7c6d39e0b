# What a lost region leaves: backups (copied within 15 minutes, and measured), a database replica to promote, a cluster that can be started from the
# same settings, a name that moves by itself. Nothing is active in two regions: there is one writer.

locals {
  name = "gamemetrics-${var.settings.name}"
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

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

resource "aws_kms_key" "copies" {
  provider                = aws.standby
  description             = "GameMetrics: copies in the other region"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.key.json
}

module "platform" {
  count     = var.cluster ? 1 : 0
  source    = "../platform"
  providers = { aws = aws.standby }
  settings  = var.settings
}

# --- copies of the buckets --------------------------------------------------------------------------------------------------------------

resource "aws_s3_bucket" "copy" {
  #checkov:skip=CKV_AWS_144: This is the copy
  #checkov:skip=CKV2_AWS_62: Nothing listens to events of a copy
  #checkov:skip=CKV_AWS_18: Only S3 itself writes here; reads are in CloudTrail
  for_each            = var.source_buckets
  provider            = aws.standby
  bucket              = "${local.name}-copy-${each.key}-${data.aws_caller_identity.current.account_id}"
  object_lock_enabled = true
}

resource "aws_s3_bucket_versioning" "copy" {
  for_each = var.source_buckets
  provider = aws.standby
  bucket   = aws_s3_bucket.copy[each.key].id
  versioning_configuration { status = "Enabled" }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "copy" {
  for_each = var.source_buckets
  provider = aws.standby
  bucket   = aws_s3_bucket.copy[each.key].id
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.copies.arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "copy" {
  for_each                = var.source_buckets
  provider                = aws.standby
  bucket                  = aws_s3_bucket.copy[each.key].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_lifecycle_configuration" "copy" {
  for_each = var.source_buckets
  provider = aws.standby
  bucket   = aws_s3_bucket.copy[each.key].id
  rule {
    id     = "age"
    status = "Enabled"
    filter {}
    expiration { days = var.settings.backup_days }
    noncurrent_version_expiration { noncurrent_days = 7 }
    abort_incomplete_multipart_upload { days_after_initiation = 3 }
  }
  depends_on = [aws_s3_bucket_versioning.copy]
}

data "aws_iam_policy_document" "replication_assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "replication" {
  statement {
    actions   = ["s3:GetReplicationConfiguration", "s3:ListBucket"]
    resources = [for bucket in var.source_buckets : bucket.arn]
  }
  statement {
    actions   = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging", "s3:GetObjectRetention", "s3:GetObjectLegalHold"]
    resources = [for bucket in var.source_buckets : "${bucket.arn}/*"]
  }
  statement {
    actions   = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"]
    resources = [for copy in aws_s3_bucket.copy : "${copy.arn}/*"]
  }
  statement {
    actions   = ["kms:Decrypt"]
    resources = [var.source_key_arn]
  }
  statement {
    actions   = ["kms:Encrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.copies.arn]
  }
}

resource "aws_iam_role" "replication" {
  name               = "${local.name}-replication"
  assume_role_policy = data.aws_iam_policy_document.replication_assume.json
}

resource "aws_iam_role_policy" "replication" {
  name   = "replication"
  role   = aws_iam_role.replication.name
  policy = data.aws_iam_policy_document.replication.json
}

resource "aws_s3_bucket_replication_configuration" "copy" {
  for_each = var.source_buckets
  role     = aws_iam_role.replication.arn
  bucket   = each.value.name

  rule {
    id     = "all"
    status = "Enabled"
    filter {}
    delete_marker_replication { status = "Enabled" }
    source_selection_criteria {
      sse_kms_encrypted_objects { status = "Enabled" }
    }
    destination {
      bucket        = aws_s3_bucket.copy[each.key].arn
      storage_class = "STANDARD_IA"
      encryption_configuration { replica_kms_key_id = aws_kms_key.copies.arn }
      # A copy later than 15 minutes is a metric, and an alarm.
      metrics {
        status = "Enabled"
        event_threshold { minutes = 15 }
      }
      replication_time {
        status = "Enabled"
        time { minutes = 15 }
      }
    }
  }
  depends_on = [aws_s3_bucket_versioning.copy]
}

# --- the database -----------------------------------------------------------------------------------------------------------------------

resource "aws_db_instance" "copy" {
  #checkov:skip=CKV_AWS_157: A replica; whoever promotes it turns the standby on
  #checkov:skip=CKV_AWS_118: Its monitoring role would be one more thing to keep; turned on when it is promoted
  count               = var.copy_database ? 1 : 0
  provider            = aws.standby
  identifier          = "${local.name}-copy"
  replicate_source_db = var.database_arn
  instance_class      = var.database_class

  storage_encrypted                   = true
  kms_key_id                          = aws_kms_key.copies.arn
  publicly_accessible                 = false
  iam_database_authentication_enabled = true
  deletion_protection                 = true
  skip_final_snapshot                 = true
  copy_tags_to_snapshot               = true
  auto_minor_version_upgrade          = true
  enabled_cloudwatch_logs_exports     = ["postgresql", "upgrade"]
  performance_insights_enabled        = true
  performance_insights_kms_key_id     = aws_kms_key.copies.arn
  # A replica that is promoted has backups of its own from its first day.
  backup_retention_period = 7
}

# --- the name ---------------------------------------------------------------------------------------------------------------------------

resource "aws_route53_health_check" "primary" {
  count             = var.domain == null ? 0 : 1
  fqdn              = var.domain.primary_target
  type              = "HTTPS"
  port              = 443
  resource_path     = "/openapi.json"
  request_interval  = 30
  failure_threshold = 3
  tags              = { Name = "${local.name}-primary" }
}

resource "aws_route53_record" "name" {
  for_each        = var.domain == null ? {} : { PRIMARY = var.domain.primary_target, SECONDARY = var.domain.standby_target }
  zone_id         = var.domain.zone_id
  name            = var.domain.name
  type            = "CNAME"
  ttl             = 60
  records         = [each.value]
  set_identifier  = lower(each.key)
  health_check_id = each.key == "PRIMARY" ? aws_route53_health_check.primary[0].id : null
  failover_routing_policy { type = each.key }
}
