# Where metrics, log lines and traces are kept: who may write there, and the names, which have the account's number in them and so are in no file of Git.
# External Secrets brings them to the monitoring stack (k8s/platform/monitoring).

locals {
  # One role for each pod that reads or writes; Prometheus' is its Thanos sidecar's.
  telemetry_pods = {
    prometheus          = { bucket = "thanos", service_account = "prometheus" }
    thanos-storegateway = { bucket = "thanos", service_account = "thanos-storegateway" }
    thanos-compactor    = { bucket = "thanos", service_account = "thanos-compactor" }
    loki                = { bucket = "loki", service_account = "loki" }
    tempo               = { bucket = "tempo", service_account = "tempo" }
  }
}

data "aws_iam_policy_document" "telemetry" {
  for_each = local.telemetry_pods
  statement {
    sid       = "Objects"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
    resources = ["${module.s3.bucket_arns[each.value.bucket]}/*"]
  }
  statement {
    sid       = "List"
    actions   = ["s3:ListBucket", "s3:GetBucketLocation"]
    resources = [module.s3.bucket_arns[each.value.bucket]]
  }
  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.data.arn]
  }
}

resource "aws_secretsmanager_secret" "telemetry" {
  #checkov:skip=CKV2_AWS_57: Names of buckets, which nothing can rotate
  name                    = "gamemetrics/${local.s.name}/telemetry-buckets"
  description             = "Names of buckets for the monitoring stack; nothing secret"
  kms_key_id              = aws_kms_key.data.arn
  recovery_window_in_days = local.s.protected ? 30 : 7
}

resource "aws_secretsmanager_secret_version" "telemetry" {
  secret_id = aws_secretsmanager_secret.telemetry.id
  secret_string = jsonencode({
    BUCKET_REGION = local.s.region
    THANOS_BUCKET = module.s3.bucket_names["thanos"]
    LOKI_BUCKET   = module.s3.bucket_names["loki"]
    TEMPO_BUCKET  = module.s3.bucket_names["tempo"]
  })
}
