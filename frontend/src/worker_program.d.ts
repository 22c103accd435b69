/** A worker's program as text; see worker_program.mjs. */
declare module "worker:*" {
  const program: string;
  export default program;
}
