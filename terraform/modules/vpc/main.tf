# Three zones. In each: a public subnet (load balancers, NAT), a private one (nodes and pods), one for databases that has no way out, and a
# small one for the API server's addresses, so that a network policy can name them.

locals {
  zone_count = length(var.zones)
  private    = [for i in range(local.zone_count) : cidrsubnet(var.cidr, 4, i)]         # /20: 4,091 pods a zone
  public     = [for i in range(local.zone_count) : cidrsubnet(var.cidr, 8, 240 + i)]   # /24
  database   = [for i in range(local.zone_count) : cidrsubnet(var.cidr, 8, 250 + i)]   # /24
  cluster    = [for i in range(local.zone_count) : cidrsubnet(var.cidr, 10, 1020 + i)] # /26 of x.y.255.0/24
  nat_count  = var.nat_per_zone ? local.zone_count : 1
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true
  enable_dns_support   = true
  tags                 = { Name = var.name }
}

# Whatever forgets to name a security group gets one that lets nothing through.
resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = "${var.name}-default-closed" }
}

resource "aws_subnet" "public" {
  count             = local.zone_count
  vpc_id            = aws_vpc.this.id
  cidr_block        = local.public[count.index]
  availability_zone = var.zones[count.index]
  tags = {
    Name                                        = "${var.name}-public-${var.zones[count.index]}"
    "kubernetes.io/role/elb"                    = "1"
    "kubernetes.io/cluster/${var.cluster_name}" = "shared"
  }
}

resource "aws_subnet" "private" {
  count             = local.zone_count
  vpc_id            = aws_vpc.this.id
  cidr_block        = local.private[count.index]
  availability_zone = var.zones[count.index]
  tags = {
    Name                                        = "${var.name}-private-${var.zones[count.index]}"
    "kubernetes.io/role/internal-elb"           = "1"
    "kubernetes.io/cluster/${var.cluster_name}" = "shared"
  }
}

resource "aws_subnet" "database" {
  count             = local.zone_count
  vpc_id            = aws_vpc.this.id
  cidr_block        = local.database[count.index]
  availability_zone = var.zones[count.index]
  tags              = { Name = "${var.name}-database-${var.zones[count.index]}" }
}

resource "aws_subnet" "cluster" {
  count             = local.zone_count
  vpc_id            = aws_vpc.this.id
  cidr_block        = local.cluster[count.index]
  availability_zone = var.zones[count.index]
  tags              = { Name = "${var.name}-cluster-${var.zones[count.index]}" }
}

# --- ways out -----------------------------------------------------------------------------------------------------------------------

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = var.name }
}

resource "aws_eip" "nat" {
  count      = local.nat_count
  domain     = "vpc"
  tags       = { Name = "${var.name}-nat-${var.zones[count.index]}" }
  depends_on = [aws_internet_gateway.this]
}

resource "aws_nat_gateway" "this" {
  count         = local.nat_count
  allocation_id = aws_eip.nat[count.index].id
  subnet_id     = aws_subnet.public[count.index].id
  tags          = { Name = "${var.name}-${var.zones[count.index]}" }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = "${var.name}-public" }
}

resource "aws_route" "public" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route_table_association" "public" {
  count          = local.zone_count
  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public.id
}

resource "aws_route_table" "private" {
  count  = local.zone_count
  vpc_id = aws_vpc.this.id
  tags   = { Name = "${var.name}-private-${var.zones[count.index]}" }
}

resource "aws_route" "private" {
  count                  = local.zone_count
  route_table_id         = aws_route_table.private[count.index].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this[min(count.index, local.nat_count - 1)].id
}

resource "aws_route_table_association" "private" {
  count          = local.zone_count
  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = aws_route_table.private[count.index].id
}

# Databases and the API server's addresses: this network only.
resource "aws_route_table" "inside" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = "${var.name}-inside" }
}

resource "aws_route_table_association" "database" {
  count          = local.zone_count
  subnet_id      = aws_subnet.database[count.index].id
  route_table_id = aws_route_table.inside.id
}

resource "aws_route_table_association" "cluster" {
  count          = local.zone_count
  subnet_id      = aws_subnet.cluster[count.index].id
  route_table_id = aws_route_table.inside.id
}

# --- AWS's own services without the NAT gateway ---------------------------------------------------------------------------------------

data "aws_region" "current" {}

resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.${data.aws_region.current.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = concat(aws_route_table.private[*].id, [aws_route_table.inside.id])
  tags              = { Name = "${var.name}-s3" }
}

resource "aws_security_group" "endpoints" {
  name        = "${var.name}-endpoints"
  description = "HTTPS from this VPC to interface endpoints"
  vpc_id      = aws_vpc.this.id
  tags        = { Name = "${var.name}-endpoints" }
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  security_group_id = aws_security_group.endpoints.id
  description       = "HTTPS from this VPC"
  cidr_ipv4         = var.cidr
  from_port         = 443
  to_port           = 443
  ip_protocol       = "tcp"
}

resource "aws_vpc_endpoint" "interface" {
  for_each            = var.interface_endpoints
  vpc_id              = aws_vpc.this.id
  service_name        = "com.amazonaws.${data.aws_region.current.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = aws_subnet.private[*].id
  security_group_ids  = [aws_security_group.endpoints.id]
  private_dns_enabled = true
  tags                = { Name = "${var.name}-${each.key}" }
}

# --- who talked to whom ---------------------------------------------------------------------------------------------------------------

resource "aws_flow_log" "this" {
  vpc_id                   = aws_vpc.this.id
  traffic_type             = "ALL"
  log_destination_type     = "s3"
  log_destination          = "${var.flow_log_bucket_arn}/vpc-flow/"
  max_aggregation_interval = 600
  destination_options {
    file_format        = "parquet"
    per_hour_partition = true
  }
  tags = { Name = var.name }
}
