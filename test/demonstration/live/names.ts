/** Names of the nodes and the model of the simulated run. */

/** Addresses that the nodes report (`NodeAddress`, `ip`). Their servers are on 127.0.0.1. */
export const nodeAddresses = ['10.0.0.11', '10.0.0.12'] as const;
/** The model that all engines serve. */
export const modelName = 'Qwen/Qwen2.5-7B-Instruct';
