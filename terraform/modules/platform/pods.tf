# What pods of the platform may do in AWS. GameMetrics itself may do nothing: the released shape keeps everything on its volume.

data "aws_iam_policy_document" "external_secrets" {
  statement {
    actions   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    resources = ["arn:${data.aws_partition.current.partition}:secretsmanager:${local.s.region}:${data.aws_caller_identity.current.account_id}:secret:gamemetrics/${local.s.name}/*"]
  }
  # The stores' certificate authorities go the other way (k8s/data: PushSecret). An entry's ARN ends with a dash and six characters of AWS's own.
  dynamic "statement" {
    for_each = local.s.distributed_stores ? [1] : []
    content {
      actions   = ["secretsmanager:CreateSecret", "secretsmanager:PutSecretValue", "secretsmanager:TagResource"]
      resources = ["arn:${data.aws_partition.current.partition}:secretsmanager:${local.s.region}:${data.aws_caller_identity.current.account_id}:secret:gamemetrics/${local.s.name}/*-ca-??????"]
    }
  }
  statement {
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.data.arn]
  }
}

data "aws_iam_policy_document" "velero" {
  #checkov:skip=CKV_AWS_111: Snapshots have no name before they exist; deleting is bound to Velero's tag
  #checkov:skip=CKV_AWS_356: Snapshots have no name before they exist; deleting is bound to Velero's tag
  statement {
    sid       = "Snapshots"
    actions   = ["ec2:CreateSnapshot", "ec2:CreateTags", "ec2:CreateVolume", "ec2:DescribeSnapshots", "ec2:DescribeVolumes"]
    resources = ["*"]
  }
  statement {
    sid       = "DeleteOwnSnapshots"
    actions   = ["ec2:DeleteSnapshot"]
    resources = ["*"]
    condition {
      test     = "StringLike"
      variable = "ec2:ResourceTag/velero.io/backup"
      values   = ["*"]
    }
  }
  statement {
    sid       = "Objects"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
    resources = ["${module.s3.bucket_arns["velero"]}/*"]
  }
  statement {
    sid       = "List"
    actions   = ["s3:ListBucket"]
    resources = [module.s3.bucket_arns["velero"]]
  }
  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.data.arn]
  }
}

# PostgreSQL's base backups and its log (k8s/data/postgres/backups.yaml), each cluster below its own name.
data "aws_iam_policy_document" "database_backups" {
  for_each = local.s.distributed_stores ? toset(["postgres", "timescale"]) : toset([])
  statement {
    sid       = "Objects"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
    resources = ["${module.s3.bucket_arns["backups"]}/${each.key}/*"]
  }
  statement {
    sid       = "List"
    actions   = ["s3:ListBucket"]
    resources = [module.s3.bucket_arns["backups"]]
  }
  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.data.arn]
  }
}

locals {
  store_pods = { for name, policy in data.aws_iam_policy_document.database_backups : name => { namespace = "databases", service_account = name, policy = policy.json } }
  pod_roles = merge({
    external-secrets = { namespace = "external-secrets", service_account = "external-secrets", policy = data.aws_iam_policy_document.external_secrets.json }
    velero           = { namespace = "velero", service_account = "velero", policy = data.aws_iam_policy_document.velero.json }
    }, local.edge_pods, local.store_pods, {
    for name, pod in local.telemetry_pods : name => { namespace = "monitoring", service_account = pod.service_account, policy = data.aws_iam_policy_document.telemetry[name].json }
  })
}
