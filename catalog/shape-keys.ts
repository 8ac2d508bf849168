/**
 * Keys of a model's configuration that change what its layers keep. A key of these families means something to the memory
 * fit; where the rule of an architecture does not read it, the model's shape is unknown.
 */

/** Families, by the words in a key; the key that showed each to us stands behind it. */
export const SHAPE_CHANGING: readonly RegExp[] = [
  /layers?_(block_)?types?$/, // layer_types, layers_block_type (nemotron_h)
  /block_(types?|configs?)$|attn_type/, // block_types (recurrent_gemma), block_configs (DeciLM), attn_type_list (MiniMax-Text-01)
  /(pattern|interval|period|offset|indices|layer_ids)$/, // hybrid_override_pattern, full_attention_interval, attn_layer_period
  /hybrid|mamba|ssm|recurrent|rwkv|lightning|retention|delta_?net|(^|_)(gdn|kda|lru|linear|conv|state)(_|$)/, // linear_attn_config (Kimi Linear)
  /sliding|window|chunk|(local|global|cross|sparse|block_sparse)_(attn|attention)|compress/, // attention_chunk_size (Llama 4)
  /^(global|local|swa|num_global|num_local|num_swa)_.*(head|kv)/, // global_head_dim (Gemma 4), swa_num_key_value_heads (MiMo V2)
  /^index_|indexer/, // index_head_dim (DeepSeek V3.2)
  /(shared_kv|kv_shared|share_kv|kv_lora|kv_channels|multi_query|heads_per_layer|kv_heads_per)/, // num_kv_shared_layers (Gemma 3n)
  /(^|_)(v|qk|qk_nope|qk_rope)_head_dim$/, // qk_rope_head_dim (DeepSeek V2)
  /^(encoder|decoder)_.*layers$|is_encoder_decoder|add_cross_attention/, // encoder_layers (Whisper)
];

/** Keys of those families that change nothing of the cache. */
export const HARMLESS_KEYS: ReadonlySet<string> = new Set([
  // Which layers have experts, and where positions are rotated: weights alone.
  'expert_layer_offset',
  'expert_layer_period',
  'interleave_moe_layer_step',
  'mlp_layer_types',
  'moe_layer_interval',
  'no_rope_layer_interval',
  // Read beside sliding_window or use_sliding_window, which say whether anything slides.
  'max_window_layers',
  // Splits a feed-forward pass (transformers, PreTrainedConfig).
  'chunk_size_feed_forward',
  // Layers that draft tokens, which no contract turns on (nemotron_h).
  'mtp_hybrid_override_pattern',
  'mtp_layers_block_type',
]);

/** Further keys of a GGUF header below `<architecture>.attention.` that change nothing of the cache. */
export const HARMLESS_GGUF_ATTENTION: ReadonlySet<string> = new Set([
  'causal',
  'clamp_kqv',
  'key_length_mla',
  'layer_norm_epsilon',
  'layer_norm_rms_epsilon',
  'max_alibi_bias',
  'q_lora_rank',
  'scale',
  'value_length_mla',
]);
