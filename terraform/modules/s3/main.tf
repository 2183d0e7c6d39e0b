# backups and velero: locked, versioned, moved to cheaper storage, gone after their time. logs: written by AWS itself. artifacts: what pipelines make.
# thanos, loki, tempo: each deletes by itself when its time has come (monitoring/helm); `days` is what stops a bill when it does not.

data "aws_caller_identity" "current" {}

locals {
  buckets = {
    backups   = { locked = true, days = var.backup_days, cold_after = 7 }
    velero    = { locked = true, days = var.backup_days, cold_after = null }
    logs      = { locked = false, days = var.log_days, cold_after = 30 }
    artifacts = { locked = false, days = 180, cold_after = 30 }
    thanos    = { locked = false, days = 760, cold_after = null }
    loki      = { locked = false, days = 40, cold_after = null }
    tempo     = { locked = false, days = 14, cold_after = null }
  }
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_144: Copies in another region are modules/warm-standby, in prod
  #checkov:skip=CKV2_AWS_62: Nothing listens to events of these buckets
  #checkov:skip=CKV_AWS_18: aws_s3_bucket_logging below has all but the bucket of logs, which cannot log into itself
  #checkov:skip=CKV_AWS_145: All but the bucket of logs, into which services deliver that cannot use our key
  for_each            = local.buckets
  bucket              = "${var.name}-${each.key}-${data.aws_caller_identity.current.account_id}"
  object_lock_enabled = each.value.locked
  force_destroy       = var.force_destroy && !each.value.locked
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = local.buckets
  bucket   = aws_s3_bucket.this[each.key].id
  versioning_configuration { status = "Enabled" }
}

resource "aws_s3_bucket_object_lock_configuration" "this" {
  for_each = { for name, bucket in local.buckets : name => bucket if bucket.locked }
  bucket   = aws_s3_bucket.this[each.key].id
  rule {
    default_retention {
      mode = "GOVERNANCE"
      days = each.value.days
    }
  }
  depends_on = [aws_s3_bucket_versioning.this]
}

# The services that deliver logs cannot use a key of ours without being named in its policy; theirs are encrypted with S3's own key.
resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = local.buckets
  bucket   = aws_s3_bucket.this[each.key].id
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = each.key == "logs" ? "AES256" : "aws:kms"
      kms_master_key_id = each.key == "logs" ? null : var.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each                = local.buckets
  bucket                  = aws_s3_bucket.this[each.key].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = local.buckets
  bucket   = aws_s3_bucket.this[each.key].id
  rule { object_ownership = "BucketOwnerEnforced" }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  for_each = local.buckets
  bucket   = aws_s3_bucket.this[each.key].id

  rule {
    id     = "age"
    status = "Enabled"
    filter {}
    expiration { days = each.value.days }
    noncurrent_version_expiration { noncurrent_days = 7 }
    abort_incomplete_multipart_upload { days_after_initiation = 3 }
    dynamic "transition" {
      for_each = each.value.cold_after == null ? [] : [each.value.cold_after]
      content {
        days          = transition.value
        storage_class = "GLACIER_IR"
      }
    }
  }
  depends_on = [aws_s3_bucket_versioning.this]
}

resource "aws_s3_bucket_logging" "this" {
  for_each      = { for name, bucket in local.buckets : name => bucket if name != "logs" }
  bucket        = aws_s3_bucket.this[each.key].id
  target_bucket = aws_s3_bucket.this["logs"].id
  target_prefix = "s3-access/${each.key}/"
}

data "aws_iam_policy_document" "bucket" {
  for_each = local.buckets

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.this[each.key].arn, "${aws_s3_bucket.this[each.key].arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  dynamic "statement" {
    for_each = each.key == "logs" ? ["delivery.logs.amazonaws.com"] : []
    content {
      sid       = "FlowLogsLookFirst"
      actions   = ["s3:GetBucketAcl", "s3:ListBucket"]
      resources = [aws_s3_bucket.this[each.key].arn]
      principals {
        type        = "Service"
        identifiers = [statement.value]
      }
      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [data.aws_caller_identity.current.account_id]
      }
    }
  }

  dynamic "statement" {
    for_each = each.key == "logs" ? { "delivery.logs.amazonaws.com" = "vpc-flow", "logging.s3.amazonaws.com" = "s3-access" } : {}
    content {
      sid       = "Write${replace(statement.value, "-", "")}"
      actions   = ["s3:PutObject"]
      resources = ["${aws_s3_bucket.this[each.key].arn}/${statement.value}/*"]
      principals {
        type        = "Service"
        identifiers = [statement.key]
      }
      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [data.aws_caller_identity.current.account_id]
      }
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  for_each   = local.buckets
  bucket     = aws_s3_bucket.this[each.key].id
  policy     = data.aws_iam_policy_document.bucket[each.key].json
  depends_on = [aws_s3_bucket_public_access_block.this]
}
