#pragma once

namespace gm {

// Gives back to the kernel what the allocator keeps of freed memory. Takes milliseconds: for moments of rest only.
void return_free_memory();

}  // namespace gm
