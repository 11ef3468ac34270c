//! A global allocator that wipes what it frees.
//!
//! Secrets are wiped where they live (`zeroize`), but copies of them pass through places that are not ours: UniFFI's buffers,
//! a `Vec` that has grown, a parser's scratch space. So nothing is handed back to the system before it was overwritten. Memory of
//! C code (aws-lc, which wipes its own) and of the platform (a Swift `Data`, a Kotlin `ByteArray`, text fields) is not reached.

use std::alloc::{GlobalAlloc, Layout, System};
use std::mem::MaybeUninit;
use std::ptr;

#[cfg(not(test))]
#[global_allocator]
static ALLOCATOR: Wiping<System> = Wiping(System);

/// Every block that a test of this crate frees is looked at.
#[cfg(test)]
#[global_allocator]
static ALLOCATOR: Wiping<tests::Watched> = Wiping(tests::Watched);

/// Passes everything on, and overwrites each block with zeros before it frees it.
struct Wiping<A>(A);

// SAFETY: every method passes its arguments on unchanged to an allocator that keeps the contract.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Wiping<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe { self.0.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe { self.0.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller owns `layout.size()` bytes at `block` and gives them up.
        unsafe {
            wipe(block, layout.size());
            self.0.dealloc(block, layout);
        }
    }

    /// The system's `realloc` would leave the old bytes behind when it moves a block, and those beyond the new end when it shrinks
    /// one. So a block always moves, and the old one is wiped.
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller promises that `new_size`, rounded up to this alignment, fits into an `isize`, and that it is not zero.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(new_size, layout.align()));
            if !new.is_null() {
                ptr::copy_nonoverlapping(block, new, layout.size().min(new_size));
                self.dealloc(block, layout);
            }
            new
        }
    }
}

/// Overwrites memory with zeros. Volatile, since a compiler drops plain writes to memory that is freed next; word by word,
/// since Argon2 alone frees 64 MiB.
///
/// # Safety
/// `size` bytes at `block` are allocated, and nobody else uses them.
unsafe fn wipe(block: *mut u8, size: usize) {
    // SAFETY: the caller's promise; bytes that were never written are no obstacle to `MaybeUninit`.
    let bytes = unsafe { std::slice::from_raw_parts_mut(block.cast::<MaybeUninit<u8>>(), size) };
    // SAFETY: any bytes are a valid `MaybeUninit<u64>`.
    let (head, words, tail) = unsafe { bytes.align_to_mut::<MaybeUninit<u64>>() };
    for byte in head.iter_mut().chain(tail) {
        // SAFETY: a reference is valid and aligned.
        unsafe { ptr::write_volatile(byte, MaybeUninit::new(0)) };
    }
    for word in words {
        // SAFETY: a reference is valid and aligned.
        unsafe { ptr::write_volatile(word, MaybeUninit::new(0)) };
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::hint::black_box;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// The system's allocator, which looks at what comes back to it.
    pub(crate) struct Watched;

    static FREED: AtomicUsize = AtomicUsize::new(0);
    static DIRTY: AtomicUsize = AtomicUsize::new(0);

    // SAFETY: as the system's allocator, with a look at each block before it is freed.
    unsafe impl GlobalAlloc for Watched {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            // SAFETY: the caller's promise.
            unsafe { System.alloc(layout) }
        }

        unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
            // SAFETY: the caller owns the block, and has written all of it.
            let dirty = unsafe { std::slice::from_raw_parts(block, layout.size()) }.iter().any(|byte| *byte != 0);
            FREED.fetch_add(1, Ordering::Relaxed);
            DIRTY.fetch_add(usize::from(dirty), Ordering::Relaxed);
            // SAFETY: the caller's promise.
            unsafe { System.dealloc(block, layout) };
        }
    }

    /// Every block that this process has freed so far was zero from end to end when the system got it back.
    pub(crate) fn assert_that_all_freed_memory_was_wiped() {
        assert_ne!(FREED.load(Ordering::Relaxed), 0, "the watch is on");
        assert_eq!(DIRTY.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn what_is_freed_is_zero_when_the_system_gets_it_back() {
        for size in [1, 7, 8, 9, 63, 4096, 100_001] {
            drop(black_box(vec![0xa5_u8; size]));
        }
        assert_that_all_freed_memory_was_wiped();
    }

    #[test]
    fn what_a_growing_or_shrinking_vector_leaves_behind_is_zero() {
        let mut bytes = vec![0xa5_u8; 3];
        for _ in 0..12 {
            bytes.extend_from_slice(&bytes.clone());
        }
        bytes.truncate(5);
        bytes.shrink_to_fit();
        assert_eq!(black_box(&bytes), &[0xa5; 5]);
        assert_that_all_freed_memory_was_wiped();
    }

    #[test]
    fn blocks_of_every_alignment_and_length_are_wiped_to_their_ends_and_not_beyond() {
        for offset in 0..8 {
            for size in 0..40 {
                let mut block = [0xa5_u8; 64];
                // SAFETY: the bytes are inside the array.
                unsafe { wipe(block.as_mut_ptr().add(offset), size) };
                let wiped =
                    block.iter().enumerate().all(|(at, byte)| (*byte == 0) == (offset..offset + size).contains(&at));
                assert!(wiped, "{offset} {size}");
            }
        }
    }
}
