/** Names of the nodes and the model of the simulated run. */

const firstHost = 11;
const hostsPerSubnet = 240;

/** The address that a node reports (`NodeAddress`, `ip`): 10.0.0.11 for node 0. Its server is on 127.0.0.1. */
export function nodeAddress(node: number): string {
  return `10.0.${Math.floor(node / hostsPerSubnet)}.${firstHost + (node % hostsPerSubnet)}`;
}

/** The model that all engines serve. */
export const modelName = 'Qwen/Qwen2.5-7B-Instruct';
