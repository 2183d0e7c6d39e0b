variables {
  name        = "gamemetrics-test"
  kms_key_arn = "arn:aws:kms:us-east-1:1:key/1"
}

run "seven_buckets" {
  command = plan
  assert {
    condition     = toset(keys(aws_s3_bucket.this)) == toset(["backups", "velero", "logs", "artifacts", "thanos", "loki", "tempo"])
    error_message = "Backups, velero, logs, artifacts; metrics, log lines, traces."
  }
  assert {
    condition     = alltrue([for block in aws_s3_bucket_public_access_block.this : block.block_public_acls && block.block_public_policy && block.ignore_public_acls && block.restrict_public_buckets]) && length(aws_s3_bucket_public_access_block.this) == 7
    error_message = "Nothing is public."
  }
  assert {
    condition     = toset(keys(aws_s3_bucket_object_lock_configuration.this)) == toset(["backups", "velero"])
    error_message = "Backups cannot be removed before their time."
  }
  assert {
    condition     = alltrue([for versioning in aws_s3_bucket_versioning.this : versioning.versioning_configuration[0].status == "Enabled"])
    error_message = "All are versioned."
  }
  assert {
    condition     = length(aws_s3_bucket_lifecycle_configuration.this) == 7 && length(aws_s3_bucket_policy.this) == 7
    error_message = "Each has its lifecycle, and a policy that asks for TLS."
  }
  assert {
    condition     = local.buckets["thanos"].days > 730 && local.buckets["loki"].days > 30 && local.buckets["tempo"].days > 7
    error_message = "What deletes by itself is not overtaken by its bucket: metrics 2 years, log lines 30 days, traces 7 days."
  }
}
