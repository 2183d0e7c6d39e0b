# How requests come in: the load balancer that the gateway's Service asks for (argocd/applications/load-balancers.yaml), and the proof towards the
# certificate authority that the gateway's name is ours (k8s/platform/gateway).

locals {
  elb = "arn:${data.aws_partition.current.partition}:elasticloadbalancing:${local.s.region}:${data.aws_caller_identity.current.account_id}"
  ec2 = "arn:${data.aws_partition.current.partition}:ec2:${local.s.region}:${data.aws_caller_identity.current.account_id}"
  # The controller's own mark on what it makes.
  balancer_tag = "elbv2.k8s.aws/cluster"
}

data "aws_iam_policy_document" "load_balancers" {
  #checkov:skip=CKV_AWS_111: What is made has no name before it exists; all else is bound to this cluster's tag or to network load balancers
  #checkov:skip=CKV_AWS_356: Describe calls know no resource
  statement {
    sid = "Look"
    actions = [
      "ec2:DescribeAccountAttributes", "ec2:DescribeAddresses", "ec2:DescribeAvailabilityZones", "ec2:DescribeInstances", "ec2:DescribeInternetGateways",
      "ec2:DescribeNetworkInterfaces", "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeTags",
      "ec2:DescribeVpcPeeringConnections", "ec2:DescribeVpcs", "ec2:GetSecurityGroupsForVpc", "elasticloadbalancing:Describe*",
    ]
    resources = ["*"]
  }
  statement {
    sid       = "FirstLoadBalancerOfAnAccount"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:role/aws-service-role/elasticloadbalancing.amazonaws.com/*"]
    condition {
      test     = "StringEquals"
      variable = "iam:AWSServiceName"
      values   = ["elasticloadbalancing.amazonaws.com"]
    }
  }
  statement {
    sid       = "MakeSecurityGroups"
    actions   = ["ec2:CreateSecurityGroup"]
    resources = ["${local.ec2}:security-group/*", "${local.ec2}:vpc/*"]
  }
  statement {
    sid       = "MarkNewSecurityGroups"
    actions   = ["ec2:CreateTags"]
    resources = ["${local.ec2}:security-group/*"]
    condition {
      test     = "StringEquals"
      variable = "ec2:CreateAction"
      values   = ["CreateSecurityGroup"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/${local.balancer_tag}"
      values   = [local.full]
    }
  }
  statement {
    sid       = "ChangeOwnSecurityGroups"
    actions   = ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress", "ec2:DeleteSecurityGroup", "ec2:CreateTags", "ec2:DeleteTags"]
    resources = ["${local.ec2}:security-group/*"]
    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/${local.balancer_tag}"
      values   = [local.full]
    }
  }
  # EKS marks the nodes' security group like this; pods behind the load balancer take its connections through it.
  statement {
    sid       = "LetLoadBalancersReachNodes"
    actions   = ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"]
    resources = ["${local.ec2}:security-group/*"]
    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/kubernetes.io/cluster/${local.full}"
      values   = ["owned"]
    }
  }
  statement {
    sid       = "MakeLoadBalancers"
    actions   = ["elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup", "elasticloadbalancing:AddTags"]
    resources = ["${local.elb}:loadbalancer/net/*", "${local.elb}:targetgroup/*"]
    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/${local.balancer_tag}"
      values   = [local.full]
    }
  }
  statement {
    sid = "ChangeOwnLoadBalancers"
    actions = [
      "elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags", "elasticloadbalancing:DeleteLoadBalancer", "elasticloadbalancing:DeleteTargetGroup",
      "elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:ModifyLoadBalancerAttributes", "elasticloadbalancing:ModifyTargetGroup",
      "elasticloadbalancing:ModifyTargetGroupAttributes", "elasticloadbalancing:RegisterTargets", "elasticloadbalancing:SetIpAddressType",
      "elasticloadbalancing:SetSecurityGroups", "elasticloadbalancing:SetSubnets",
    ]
    resources = ["${local.elb}:loadbalancer/net/*", "${local.elb}:targetgroup/*"]
    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/${local.balancer_tag}"
      values   = [local.full]
    }
  }
  statement {
    sid = "Listeners"
    actions = [
      "elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags", "elasticloadbalancing:CreateListener", "elasticloadbalancing:DeleteListener",
      "elasticloadbalancing:ModifyListener", "elasticloadbalancing:ModifyListenerAttributes",
    ]
    resources = ["${local.elb}:loadbalancer/net/*", "${local.elb}:listener/net/*"]
  }
}

# Only the records that the authority asks for, in the zones that are named.
data "aws_iam_policy_document" "certificates" {
  count = length(local.s.dns_zone_ids) > 0 ? 1 : 0
  statement {
    sid       = "Prove"
    actions   = ["route53:ChangeResourceRecordSets"]
    resources = [for zone in local.s.dns_zone_ids : "arn:${data.aws_partition.current.partition}:route53:::hostedzone/${zone}"]
    condition {
      test     = "ForAllValues:StringEquals"
      variable = "route53:ChangeResourceRecordSetsRecordTypes"
      values   = ["TXT"]
    }
  }
  statement {
    sid       = "LookIntoZones"
    actions   = ["route53:ListResourceRecordSets"]
    resources = [for zone in local.s.dns_zone_ids : "arn:${data.aws_partition.current.partition}:route53:::hostedzone/${zone}"]
  }
  statement {
    sid       = "WaitForIt"
    actions   = ["route53:GetChange"]
    resources = ["arn:${data.aws_partition.current.partition}:route53:::change/*"]
  }
  statement {
    sid       = "FindZones"
    actions   = ["route53:ListHostedZonesByName"]
    resources = ["*"]
  }
}

locals {
  edge_pods = merge(
    { load-balancers = { namespace = "kube-system", service_account = "aws-load-balancer-controller", policy = data.aws_iam_policy_document.load_balancers.json } },
    { for policy in data.aws_iam_policy_document.certificates : "cert-manager" => { namespace = "cert-manager", service_account = "cert-manager", policy = policy.json } },
  )
}
