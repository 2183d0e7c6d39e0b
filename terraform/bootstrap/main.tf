# Once an account, by a person, with local state: the bucket for all other state, and the role that GitHub's workflows get without any stored key.

variable "name" {
  description = "The environment: dev, staging or prod."
  type        = string
}

variable "region" {
  description = "Where the state lies."
  type        = string
  default     = "us-east-1"
}

variable "repository" {
  description = "owner/name on GitHub."
  type        = string
}

provider "aws" {
  region = var.region
  default_tags {
    tags = { project = "gamemetrics", environment = var.name, made-by = "terraform-bootstrap" }
  }
}

data "aws_caller_identity" "current" {}

resource "aws_s3_bucket" "state" {
  #checkov:skip=CKV_AWS_144: State is versioned; with the region gone there is nothing it could describe
  #checkov:skip=CKV2_AWS_62: Nothing listens to changes of state
  #checkov:skip=CKV_AWS_18: There is no other bucket yet when this one is made; reads are in CloudTrail
  bucket = "gamemetrics-${var.name}-state-${data.aws_caller_identity.current.account_id}"
  lifecycle { prevent_destroy = true }
}

resource "aws_s3_bucket_versioning" "state" {
  bucket = aws_s3_bucket.state.id
  versioning_configuration { status = "Enabled" }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "state" {
  bucket = aws_s3_bucket.state.id
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default { sse_algorithm = "aws:kms" }
  }
}

resource "aws_s3_bucket_public_access_block" "state" {
  bucket                  = aws_s3_bucket.state.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_lifecycle_configuration" "state" {
  bucket = aws_s3_bucket.state.id
  rule {
    id     = "old-versions"
    status = "Enabled"
    filter {}
    noncurrent_version_expiration { noncurrent_days = 365 }
    abort_incomplete_multipart_upload { days_after_initiation = 3 }
  }
  depends_on = [aws_s3_bucket_versioning.state]
}

data "aws_iam_policy_document" "tls" {
  statement {
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.state.arn, "${aws_s3_bucket.state.arn}/*"]
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
}

resource "aws_s3_bucket_policy" "state" {
  bucket = aws_s3_bucket.state.id
  policy = data.aws_iam_policy_document.tls.json
}

# --- GitHub's workflows, by OpenID Connect ----------------------------------------------------------------------------------------------

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_policy_document" "github" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }
    # The job has to run in the GitHub environment of the same name, which has its reviewers.
    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = ["repo:${var.repository}:environment:${var.name}"]
    }
  }
}

resource "aws_iam_role" "github" {
  name               = "gamemetrics-${var.name}-github"
  assume_role_policy = data.aws_iam_policy_document.github.json
  # A promotion watches a canary for up to 75 minutes (.github/workflows/promotion.yaml).
  max_session_duration = 7200
}

# A pull request's plan only reads. What may change the account is decided by the account's owner, who attaches it by hand.
resource "aws_iam_role_policy_attachment" "read" {
  role       = aws_iam_role.github.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}

output "state_bucket" {
  description = "For `terraform init -backend-config=bucket=...`."
  value       = aws_s3_bucket.state.bucket
}

output "github_role_arn" {
  description = "The variable AWS_ROLE_ARN of the GitHub environment."
  value       = aws_iam_role.github.arn
}
