/** The metadata services of the large clouds, which give credentials to every program that asks from inside. */

/** Addresses of one service. */
interface MetadataAddresses {
  /** In CIDR notation. */
  range: string;
  cloud: string;
  /** Where the address is documented. */
  source: string;
}

/** Addresses outside of the link-local ranges are why this list exists; those inside are named for the sake of words. */
export const metadataAddresses: readonly MetadataAddresses[] = [
  {
    range: '169.254.169.254/32',
    cloud: 'AWS, Google Cloud, Azure, Oracle Cloud, OpenStack, DigitalOcean, Hetzner',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html',
  },
  {
    range: '169.254.170.0/23',
    cloud: 'AWS container and pod credentials',
    source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html',
  },
  {
    range: 'fd00:ec2::/32',
    cloud: 'AWS',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html',
  },
  {
    range: 'fd20:ce::254/128',
    cloud: 'Google Cloud',
    source: 'https://cloud.google.com/compute/docs/metadata/querying-metadata',
  },
  {
    range: '168.63.129.16/32',
    cloud: 'Azure',
    source: 'https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16',
  },
  {
    range: '100.100.100.200/32',
    cloud: 'Alibaba Cloud',
    source: 'https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata',
  },
  {
    range: 'fd00:c1::a9fe:a9fe/128',
    cloud: 'Oracle Cloud',
    source: 'https://docs.oracle.com/iaas/Content/Compute/Tasks/gettingmetadata.htm',
  },
  {
    range: '192.0.0.192/32',
    cloud: 'Oracle Cloud, first generation',
    source: 'https://docs.oracle.com/en/cloud/iaas/compute-iaas-cloud/stcsg/retrieving-instance-metadata.html',
  },
  {
    range: 'fe80::a9fe:a9fe/128',
    cloud: 'OpenStack',
    source: 'https://docs.openstack.org/nova/latest/user/metadata.html',
  },
  {
    range: '169.254.42.42/32',
    cloud: 'Scaleway',
    source: 'https://www.scaleway.com/en/docs/instances/how-to/use-cloud-init/',
  },
  {
    range: 'fd00:42::42/128',
    cloud: 'Scaleway',
    source: 'https://www.scaleway.com/en/docs/instances/how-to/use-cloud-init/',
  },
  {
    range: '169.254.0.23/32',
    cloud: 'Tencent Cloud',
    source: 'https://www.tencentcloud.com/document/product/213/4934',
  },
];
