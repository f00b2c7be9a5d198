// Makes the buckets of docker-compose.yml on its S3 server, each only where it is missing. It stands in the application's folder and uses
// the application's S3 client and settings.
// node make-buckets.mjs <name>...
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';

const client = new S3Client({
  endpoint: process.env.AWS_ENDPOINT_URL_S3,
  region: process.env.AWS_REGION ?? 'us-east-1',
  forcePathStyle: true,
});
for (const name of process.argv.slice(2)) {
  try {
    await client.send(new CreateBucketCommand({ Bucket: name }));
    process.stdout.write(`bucket ${name} made\n`);
  } catch (error) {
    if (error.name !== 'BucketAlreadyOwnedByYou') throw error;
    process.stdout.write(`bucket ${name} was there\n`);
  }
}
